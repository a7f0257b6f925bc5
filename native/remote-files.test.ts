import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enginesHere } from '../fixtures/copy-lab.ts';
import { done, failed } from '../main/contract/errors.ts';
import type { CopyEngine } from './engine.ts';
import { copyRemote, fingerprintRemote, hashRemote, type RemoteFile } from './remote-files.ts';

const MTIME = '1772431392000000000';
const never = new AbortController().signal;

let folder: string;
let target: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-remote-'));
  target = path.join(folder, 'copy');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A file behind a protocol; `reading` may give other bytes than it holds, by how often it was begun. */
function remote(bytes: Buffer, reading = (piece: Buffer, _nth: number) => piece): RemoteFile & { begun(): number } {
  let nth = 0;
  return {
    sizeBytes: bytes.length,
    mtimeNs: MTIME,
    begun: () => nth,
    async read(offset, lengthBytes) {
      if (offset === 0) nth += 1;
      return done(reading(bytes.subarray(offset, offset + lengthBytes), nth));
    },
    checkUnchanged: async () => done(undefined),
    remove: async () => done(undefined),
  };
}

const job = (bytes: Buffer) => ({ target, listed: { sizeBytes: bytes.length, mtimeNs: MTIME } });
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(enginesHere())('a remote file, with the $name engine', ({ start }) => {
  const engine: CopyEngine = start();
  afterAll(() => engine.close());

  test.each([0, 1, 65_536, 131_073, (1 << 20) + 7])('of %i bytes is read twice and copied as a file of a file system is', async (length) => {
    const bytes = randomBytes(length);
    const file = remote(bytes);
    const doneBytes: number[] = [];
    const copied = await copyRemote(engine, file, job(bytes), { signal: never, extraHashes: ['md5', 'xxh64'], onProgress: (n) => doneBytes.push(n) });
    const plain = path.join(folder, 'plain');
    fs.writeFileSync(plain, bytes);
    const mtimeNs = String(fs.statSync(plain, { bigint: true }).mtimeNs);
    const expected = await engine.copy(
      { source: Buffer.from(plain), target: path.join(folder, 'other'), listed: { sizeBytes: length, mtimeNs } },
      { signal: never, extraHashes: ['md5', 'xxh64'] },
    );
    expect(copied).toEqual(expected);
    expect(fs.readFileSync(target)).toEqual(bytes);
    expect(file.begun()).toBe(length === 0 ? 0 : 2);
    expect(doneBytes.at(-1) ?? 0).toBe(length);
    expect(doneBytes).toEqual([...doneBytes].sort((a, b) => a - b));
    expect(await hashRemote(file, { signal: never })).toEqual(await engine.hash(Buffer.from(plain), { signal: never }));
    expect(await fingerprintRemote(file)).toEqual(await engine.fingerprint(Buffer.from(plain), { signal: never }));
  });

  test('that reads otherwise the second time is not copied', async () => {
    const bytes = randomBytes(700_000);
    const file = remote(bytes, (piece, nth) => {
      const wrong = Buffer.from(piece);
      if (nth === 2) wrong[9] = (wrong[9] ?? 0) ^ 1;
      return wrong;
    });
    expect(await copyRemote(engine, file, job(bytes), { signal: never })).toMatchObject({ ok: false, failure: { code: 'source.reads-differ' } });
  });

  test('goes on with a partial by comparing all of it', async () => {
    const bytes = randomBytes(1_500_000);
    fs.writeFileSync(target, Buffer.concat([bytes.subarray(0, 900_000), Buffer.from('something else, and longer than the file'), bytes]));
    const copied = await copyRemote(engine, remote(bytes), job(bytes), { signal: never });
    expect(copied).toMatchObject({ ok: true, value: { resumedBytes: 900_000, writtenBytes: 600_000, sha256: sha256(bytes) } });
    expect(fs.readFileSync(target)).toEqual(bytes);
  });

  test('that is not as listed, changes, or cannot be read is not copied', async () => {
    const bytes = randomBytes(2000);
    const changed = { ok: false, failure: { code: 'source.changed' } };
    const other = { target, listed: { sizeBytes: 2001, mtimeNs: MTIME } };
    expect(await copyRemote(engine, remote(bytes), other, { signal: never })).toMatchObject(changed);
    const changes = { ...remote(bytes), checkUnchanged: async () => failed('source.changed', '') };
    expect(await copyRemote(engine, changes, job(bytes), { signal: never })).toMatchObject(changed);
    expect(await hashRemote(changes, { signal: never })).toMatchObject(changed);
    const unreadable = { ...remote(bytes), read: async () => failed('source.unreadable', '') };
    expect(await copyRemote(engine, unreadable, job(bytes), { signal: never })).toMatchObject({ failure: { code: 'source.unreadable' } });
    expect(await fingerprintRemote(unreadable)).toMatchObject({ failure: { code: 'source.unreadable' } });
  });

  test('is read no more once it is to stop, and what is copied stays', async () => {
    const bytes = randomBytes(2_000_000);
    const stop = new AbortController();
    const file = remote(bytes);
    const stopped = await copyRemote(engine, file, job(bytes), { signal: stop.signal, onProgress: () => stop.abort() });
    expect(stopped).toMatchObject({ ok: false, failure: { code: 'docking.interrupted' } });
    expect(file.begun()).toBe(1);
    expect(bytes.subarray(0, fs.statSync(target).size)).toEqual(fs.readFileSync(target));
  });

  test('into a vault that cannot be written is a failure of the vault', async () => {
    const bytes = randomBytes(2000);
    const nowhere = { ...job(bytes), target: path.join(folder, 'no folder', 'copy') };
    expect(await copyRemote(engine, remote(bytes), nowhere, { signal: never })).toMatchObject({ ok: false, failure: { code: 'vault.write-failed' } });
  });
});
