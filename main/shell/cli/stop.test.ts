import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidock, startStation } from '../../../fixtures/e2e/evidock.ts';

let folder: string;
let data: string;
let source: string;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-stop-'));
  data = path.join(folder, 'data');
  source = path.join(folder, 'card');
  fs.mkdirSync(source);
  fs.writeFileSync(path.join(source, '1.mp4'), 'first');
  expect((await evidock('ingest', source, '--data', data)).stderr).not.toContain('internal');
  // Read for hours, and it takes no space.
  fs.truncateSync(path.join(source, '1.mp4'), 4e12);
  fs.renameSync(path.join(source, '1.mp4'), path.join(source, '2.mp4'));
  fs.writeFileSync(path.join(source, '1.mp4'), 'first');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Reconciles a source that is never read to its end, and presses Ctrl-C as soon as there is progress. */
async function interrupted() {
  const main = path.join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, 'reconcile', '--source', source, '--data', data, '--json']);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    if (err.length === 0) child.kill('SIGINT');
    err.push(chunk.toString());
  });
  const [code] = await once(child, 'close');
  return { code, answer: JSON.parse(out.join('')) as unknown, said: err.join('') };
}

test('Ctrl-C stops what a command does by itself: it says so, and the data folder is left in order', async () => {
  expect(await interrupted()).toMatchObject({ code: 2, answer: { failure: { code: 'run.cancelled', what: 'card, local' } } });
  const status = await evidock('status', '--data', data, '--json');
  expect([status.code, (JSON.parse(status.stdout) as { items: { stored: number } }).items.stored]).toEqual([0, 1]);
});

test('Ctrl-C stops what a station does for a command, and the station goes on', async () => {
  const station = await startStation(data, [], 50);
  try {
    expect(await interrupted()).toMatchObject({ code: 2, answer: { failure: { code: 'run.cancelled' } } });
    // It is free for the next one at once.
    expect((await evidock('reconcile', '--data', data, '--json')).stdout).toContain('"open"');
  } finally {
    station.signal('SIGTERM');
    await station.ended;
  }
});
