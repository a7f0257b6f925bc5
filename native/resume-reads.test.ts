import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasToolchain, startEngine } from '../fixtures/copy-lab.ts';
import { buildLayer, canLayer } from '../fixtures/faults/layers.ts';
import type { Checkpoint } from './engine.ts';

/** What is read of a camera until new bytes are safe, of a file of 1 GB that was pulled at 95 %: counted below the engine. */
const MEGABYTE = 1 << 20;
const SIZE = 1024 * MEGABYTE;
const EVERY = 64 * MEGABYTE;
const LAST = 15 * EVERY;
const root = path.dirname(import.meta.dirname);
const quiet = { signal: new AbortController().signal };

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-reads-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Mostly holes, but no two megabytes of it are the same. */
function makeClip(file: string): void {
  const fd = fs.openSync(file, 'w');
  for (let at = 0; at < SIZE; at += MEGABYTE) fs.writeSync(fd, randomBytes(4096), 0, 4096, at + 77_777);
  fs.ftruncateSync(fd, SIZE);
  fs.closeSync(fd);
}

// Where nothing can be compiled there is no native engine, and the portable one reads everything.
if (hasToolchain)
  test('of a clip that was pulled at 95 % only its head, the stretch before the checkpoint and the rest are read', async () => {
    const clip = path.join(folder, 'clip.mp4');
    const target = path.join(folder, 'copy');
    const file = path.join(folder, 'checkpoint');
    const log = path.join(folder, 'log');
    makeClip(clip);
    const { mtimeNs } = fs.statSync(clip, { bigint: true });
    const listed = { sizeBytes: SIZE, mtimeNs: String(mtimeNs) };
    const engine = startEngine('native');
    const pulled = new AbortController();
    const onReached = (checkpoint: Checkpoint) => {
      fs.writeFileSync(file, JSON.stringify(checkpoint));
      if (checkpoint.offset === LAST) pulled.abort();
    };
    const checkpoints = { everyBytes: EVERY, from: null, onReached };
    const job = { source: Buffer.from(clip), target, listed, provenFileSystem: true };
    expect(await engine.copy(job, { signal: pulled.signal, checkpoints })).toMatchObject({ ok: false, failure: { code: 'docking.interrupted' } });
    fs.truncateSync(target, Math.min(fs.statSync(target).size, Math.floor(SIZE * 0.95)));
    const partial = fs.statSync(target).size;

    const script = path.join(root, 'fixtures/faults/copy-once.ts');
    const args = [script, 'native', clip, target, String(SIZE), listed.mtimeNs, String(EVERY), file];
    const layer = [process.env['LD_PRELOAD'], buildLayer('layer', folder)].filter(Boolean).join(' ');
    const env = { ...process.env, LD_PRELOAD: layer, EVIDOCK_FAULTS: 'read clip.mp4 0 log;flush copy 0 log', EVIDOCK_FAULTS_DONE: log };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect([status, stderr]).toEqual([0, '']);
    const whole = await engine.hash(job.source, quiet);
    const beginning = await engine.hashBeginning(job.source, listed, LAST, quiet);
    await engine.close();
    const { sha256 } = whole.ok ? whole.value : { sha256: 'none' };
    const unread = beginning.ok ? beginning.value : null;
    const value = { sha256, resumedBytes: partial, writtenBytes: SIZE - partial, unread };
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, value });

    const calls = fs
      .readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([call, offset, bytes]) => ({ call, offset: Number(offset), bytes: Number(bytes) }));
    const reads = calls
      .slice(
        0,
        calls.findLastIndex(({ call }) => call === 'flush'),
      )
      .filter(({ call }) => call === 'read');
    expect(reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(65_536 + EVERY + (SIZE - LAST));
    expect(reads.filter(({ offset, bytes }) => offset + bytes > 65_536 && offset < LAST - EVERY)).toEqual([]);
    expect(calls.at(-1)?.call).toBe('flush');
  });

test('reads are counted wherever there is a native engine to read', () => {
  expect(canLayer).toBe(hasToolchain);
});
