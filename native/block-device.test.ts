import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enginesHere } from '../fixtures/copy-lab.ts';
import type { CopyEngine } from './engine.ts';

/** A whole card, as the kernel shows it: a loop device over a file of the test's. */
const MEGABYTE = 1 << 20;
const quiet = { signal: new AbortController().signal };

let folder: string;
let loops: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-device-'));
  loops = [];
});
afterEach(() => {
  for (const loop of loops) execFileSync('losetup', ['--detach', loop]);
  fs.rmSync(folder, { recursive: true });
});

function deviceOf(bytes: Buffer): string {
  const file = path.join(folder, 'card');
  fs.writeFileSync(file, bytes);
  const loop = execFileSync('losetup', ['--find', '--show', '--read-only', file], { encoding: 'utf8' }).trim();
  loops.push(loop);
  return loop;
}

describe.each(enginesHere())('$name', ({ start }) => {
  const engine: CopyEngine = start();
  afterAll(() => engine.close());

  const copyOf = (source: string, sizeBytes: number, how: { device?: boolean; salvage?: boolean }) =>
    engine.copy({ source: Buffer.from(source), target: path.join(folder, 'copy'), listed: { sizeBytes, mtimeNs: '0' }, ...how }, quiet);

  test('a block device is copied to its last byte, with and without reading around what cannot be read', async () => {
    const bytes = randomBytes(3 * MEGABYTE + 512 * 7);
    const device = deviceOf(bytes);
    const plain = await copyOf(device, bytes.length, { device: true });
    expect(plain).toMatchObject({ ok: true, value: { sizeBytes: bytes.length, writtenBytes: bytes.length, holes: [] } });
    expect(fs.readFileSync(path.join(folder, 'copy'))).toEqual(bytes);
    // Gone on with: all of it is there, and was compared.
    const again = await copyOf(device, bytes.length, { device: true, salvage: true });
    expect(again).toMatchObject({ ok: true, value: { resumedBytes: bytes.length, writtenBytes: 0, holes: [] } });
  });

  test('a device is only read when it is asked for, and nothing else is when it is', async () => {
    const device = deviceOf(randomBytes(MEGABYTE));
    const special = { ok: false, failure: { code: 'source.special-file' } };
    expect(await copyOf(device, MEGABYTE, {})).toMatchObject(special);
    expect(await copyOf(path.join(folder, 'card'), MEGABYTE, { device: true })).toMatchObject(special);
    fs.symlinkSync(device, path.join(folder, 'link'));
    expect(await copyOf(path.join(folder, 'link'), MEGABYTE, { device: true })).toMatchObject({ ok: false, failure: { code: 'source.symlink' } });
  });

  test('a device that ends elsewhere than it is listed is not copied', async () => {
    const device = deviceOf(randomBytes(MEGABYTE));
    for (const sizeBytes of [MEGABYTE - 512, MEGABYTE + 512]) {
      for (const salvage of [false, true]) {
        expect(await copyOf(device, sizeBytes, { device: true, salvage })).toMatchObject({ ok: false, failure: { code: 'source.changed' } });
      }
    }
  });
});
