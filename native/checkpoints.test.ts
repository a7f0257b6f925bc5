import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import createXxhash from 'xxhash-wasm';
import { copyAndProve, enginesHere } from '../fixtures/copy-lab.ts';
import type { Checkpoint, CopyEngine, CopyJob, CopyPlace, Outcome, Proven } from './engine.ts';

/** What both engines promise where a copy is gone on with: the native one from a checkpoint, the portable one by comparing everything. */
const MEGABYTE = 1 << 20;
const SIZE = 6 * MEGABYTE + 12_345;
const quiet = { signal: new AbortController().signal };

const digestOf = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const sha256 = (bytes: Buffer) => digestOf('sha256', bytes);
const sm3 = (bytes: Buffer) => digestOf('sm3', bytes);
const fingerprint = (bytes: Buffer) => sha256(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes.subarray(0, 65_536), bytes.subarray(-65_536)]));
const hashes = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: sha256(bytes), sm3: sm3(bytes), fingerprint: fingerprint(bytes) });
const beginning = (bytes: Buffer, length: number) => ({
  bytes: length,
  sha256: sha256(bytes.subarray(0, length)),
  sm3: sm3(bytes.subarray(0, length)),
});

let folder: string;
let bytes: Buffer;
let source: Buffer;
let target: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-resume-'));
  target = path.join(folder, 'copy');
  bytes = randomBytes(SIZE);
  source = Buffer.from(path.join(folder, 'clip.mp4'));
  onCamera(bytes);
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** The camera's file, always of the same time: what changes there is not told by its date. */
function onCamera(content: Buffer): void {
  fs.writeFileSync(source, content);
  fs.utimesSync(source, 1_772_431_392, 1_772_431_392);
}

function jobHere(): CopyJob & CopyPlace {
  const listed = { sizeBytes: fs.statSync(source).size, mtimeNs: '1772431392000000000' };
  return { source, target, listed, provenFileSystem: true };
}

const flipped = (content: Buffer, at: number): Buffer => {
  const other = Buffer.from(content);
  other[at] = (other[at] as number) ^ 1;
  return other;
};

describe.each(enginesHere())('$name', ({ name, start }) => {
  const engine: CopyEngine = start();
  afterAll(() => engine.close());

  /** Copies, and says which checkpoints were told. */
  async function copyFrom(from: Checkpoint | null, job = jobHere()): Promise<{ copied: Outcome<Proven>; told: Checkpoint[] }> {
    const told: Checkpoint[] = [];
    const checkpoints = { everyBytes: MEGABYTE, from, onReached: (checkpoint: Checkpoint) => told.push(checkpoint) };
    return { copied: await copyAndProve(engine, job, { ...quiet, checkpoints }), told };
  }

  /** The checkpoint of a copy that came just beyond it, which leaves a partial of so many bytes; one of nobody's where none is made. */
  async function checkpointAt(offset: number): Promise<Checkpoint> {
    const whole = fs.readFileSync(source);
    onCamera(whole.subarray(0, offset + 1));
    const { told } = await copyFrom(null);
    onCamera(whole);
    expect(told.map((one) => one.offset).at(-1)).toBe(name === 'native' ? offset : undefined);
    return told.at(-1) ?? { offset, sha256: foreign, sm3: foreign, tailSha256: sha256(whole.subarray(offset - 65_536, offset)) };
  }
  const foreign = { library: 'libcrypto', version: '3.0.0', state: '00'.repeat(32) };

  /** What a copy says that went on from a checkpoint: the portable engine never does. */
  const unreadTo = (offset: number) => (name === 'native' ? beginning(bytes, offset) : null);

  test('a copy tells where it stood, not in the first stretch and not at the end', async () => {
    bytes = bytes.subarray(0, 6 * MEGABYTE);
    onCamera(bytes);
    const { copied, told } = await copyFrom(null);
    expect(copied).toMatchObject({ ok: true, value: { ...hashes(bytes), unread: null } });
    const offsets = told.map(({ offset }) => offset / MEGABYTE);
    expect(offsets).toEqual([...offsets].sort());
    expect([2, 3, 4, 5]).toEqual(expect.arrayContaining(offsets));
    expect(offsets.at(-1)).toBe(name === 'native' ? 5 : undefined);
    for (const { offset, tailSha256 } of told) expect(tailSha256).toBe(sha256(bytes.subarray(offset - 65_536, offset)));
  });

  test.each([2 * MEGABYTE + 1, 2 * MEGABYTE + 65_536, 2 * MEGABYTE + 70_000, 5 * MEGABYTE])(
    'of %i bytes, gone on from a checkpoint after two MiB, hashes and bytes are those of the file',
    async (size) => {
      bytes = bytes.subarray(0, size);
      onCamera(bytes);
      const checkpoint = await checkpointAt(2 * MEGABYTE);
      for (const present of [2 * MEGABYTE, Math.min(size, 2 * MEGABYTE + 66_000), size]) {
        fs.writeFileSync(target, bytes.subarray(0, present));
        const { copied } = await copyFrom(checkpoint);
        const value = { ...hashes(bytes), resumedBytes: present, writtenBytes: size - present, unread: unreadTo(checkpoint.offset) };
        expect(copied).toMatchObject({ ok: true, value });
        expect(fs.readFileSync(target).equals(bytes)).toBe(true);
      }
    },
  );

  test('hashes that are asked for go on from a checkpoint that has them; with one that lacks them everything is compared', async () => {
    const extraHashes = ['md5', 'xxh64'] as const;
    const whole = fs.readFileSync(source);
    const told: Checkpoint[] = [];
    const copy = (from: Checkpoint | null, asked: readonly ('md5' | 'xxh64')[]) =>
      copyAndProve(engine, jobHere(), {
        ...quiet,
        extraHashes: asked,
        checkpoints: { everyBytes: MEGABYTE, from, onReached: (checkpoint) => told.push(checkpoint) },
      });
    onCamera(whole.subarray(0, 4 * MEGABYTE + 1));
    await copy(null, extraHashes);
    const both = told.at(-1) ?? null;
    onCamera(whole);
    const made = { ...hashes(whole), md5: digestOf('md5', whole), xxh64: (await createXxhash()).h64Raw(whole).toString(16).padStart(16, '0') };
    for (const [from, unread] of [
      [both, unreadTo(4 * MEGABYTE)],
      [await checkpointAt(4 * MEGABYTE), null],
      [both && { ...both, md5: undefined }, null],
      [both && { ...both, xxh64: { library: 'evidock', version: '0', state: '00'.repeat(32) } }, null],
    ] as const) {
      fs.writeFileSync(target, whole.subarray(0, 4 * MEGABYTE + 1));
      const copied = await copy(from, extraHashes);
      expect(copied).toMatchObject({ ok: true, value: { ...made, resumedBytes: 4 * MEGABYTE + 1, unread } });
      if (!unread || !copied.ok) continue;
      // All hashes of what was not read, so that reading it can tell whether their states were right.
      expect(await engine.hashBeginning(source, jobHere().listed, 4 * MEGABYTE, { ...quiet, extraHashes })).toEqual({
        ok: true,
        value: copied.value.unread,
      });
    }
  });

  test('a checkpoint of a copy that went on from one is as good as the first', async () => {
    const first = await checkpointAt(5 * MEGABYTE);
    bytes = Buffer.concat([bytes.subarray(0, 5 * MEGABYTE), randomBytes(4 * MEGABYTE)]);
    onCamera(bytes);
    const { copied, told } = await copyFrom(first);
    expect(copied).toMatchObject({ ok: true, value: { ...hashes(bytes), unread: unreadTo(5 * MEGABYTE) } });
    const later = told.at(-1) ?? first;
    if (name === 'native') expect(later.offset).toBe(8 * MEGABYTE);
    expect((await copyFrom(later)).copied).toMatchObject({ ok: true, value: { ...hashes(bytes), unread: unreadTo(8 * MEGABYTE) } });
  });

  test.each<[string, (checkpoint: Checkpoint) => Checkpoint]>([
    ['of another library', (made) => ({ ...made, sha256: { ...made.sha256, library: 'nettle' } })],
    ['of another version of SHA-256', (made) => ({ ...made, sha256: { ...made.sha256, version: '3.0.1-other' } })],
    ['of another version of SM3', (made) => ({ ...made, sm3: { ...made.sm3, version: '0' } })],
    ['with half a state', (made) => ({ ...made, sm3: { ...made.sm3, state: made.sm3.state.slice(32) } })],
    ['between two blocks', (made) => ({ ...made, offset: made.offset - 64 })],
    ['at the beginning', (made) => ({ ...made, offset: 0 })],
    ['in the first stretch', (made) => ({ ...made, offset: MEGABYTE })],
    ['beyond the partial', (made) => ({ ...made, offset: 6 * MEGABYTE })],
    ['beyond the file', (made) => ({ ...made, offset: 64 * MEGABYTE })],
    ['of bytes with another end', (made) => ({ ...made, tailSha256: 'ab'.repeat(32) })],
    ['of another place', (made) => ({ ...made, offset: made.offset - MEGABYTE })],
  ])('a checkpoint %s is passed over, and everything compared', async (_, change) => {
    const made = await checkpointAt(5 * MEGABYTE);
    fs.writeFileSync(target, bytes.subarray(0, 5 * MEGABYTE + 99));
    const { copied } = await copyFrom(change(made));
    expect(copied).toMatchObject({ ok: true, value: { ...hashes(bytes), resumedBytes: 5 * MEGABYTE + 99, unread: null } });
  });

  test.each([0, 65_535, 4 * MEGABYTE, 5 * MEGABYTE - 1])('a camera that differs at byte %i, which is looked at, is compared in full', async (at) => {
    const made = await checkpointAt(5 * MEGABYTE);
    bytes = flipped(bytes, at);
    onCamera(bytes);
    expect((await copyFrom(made)).copied).toMatchObject({ ok: true, value: { ...hashes(bytes), resumedBytes: at, unread: null } });
    expect(fs.readFileSync(target).equals(bytes)).toBe(true);
  });

  test('a camera that differs behind the checkpoint is copied from there on', async () => {
    const made = await checkpointAt(5 * MEGABYTE);
    fs.writeFileSync(target, bytes);
    bytes = flipped(bytes, 5 * MEGABYTE + 4321);
    onCamera(bytes);
    const value = { ...hashes(bytes), resumedBytes: 5 * MEGABYTE + 4321, unread: unreadTo(5 * MEGABYTE) };
    expect((await copyFrom(made)).copied).toMatchObject({ ok: true, value });
  });

  test('a camera that differs where nobody looked is found when its beginning is read', async () => {
    const made = await checkpointAt(5 * MEGABYTE);
    const first = bytes;
    bytes = flipped(bytes, 2 * MEGABYTE);
    onCamera(bytes);
    const { copied } = await copyFrom(made);
    const found = name === 'native' ? { ...hashes(first), unread: beginning(first, 5 * MEGABYTE) } : { ...hashes(bytes), unread: null };
    expect(copied).toMatchObject({ ok: true, value: found });
    const read = await engine.hashBeginning(source, jobHere().listed, 5 * MEGABYTE, quiet);
    expect(read).toEqual({ ok: true, value: beginning(bytes, 5 * MEGABYTE) });
  });

  test('a partial that differs where nobody looked is found by the read-back', async () => {
    const made = await checkpointAt(5 * MEGABYTE);
    fs.writeFileSync(target, flipped(bytes, 2 * MEGABYTE).subarray(0, 5 * MEGABYTE));
    const found = name === 'native' ? { ok: false, failure: { code: 'vault.read-back-differs' } } : { ok: true, value: hashes(bytes) };
    expect((await copyFrom(made)).copied).toMatchObject(found);
  });

  test('a SHA-256 state of other bytes is found by the read-back, an SM3 state of other bytes by reading the beginning', async () => {
    const made = await checkpointAt(5 * MEGABYTE);
    const state = 'cd'.repeat(32);
    const wrong = name === 'native' ? { ok: false, failure: { code: 'vault.read-back-differs' } } : { ok: true, value: hashes(bytes) };
    expect((await copyFrom({ ...made, sha256: { ...made.sha256, state } })).copied).toMatchObject(wrong);
    const { copied } = await copyFrom({ ...made, sm3: { ...made.sm3, state } });
    expect(copied).toMatchObject({ ok: true, value: { sha256: sha256(bytes) } });
    const right = beginning(bytes, 5 * MEGABYTE);
    expect(await engine.hashBeginning(source, jobHere().listed, 5 * MEGABYTE, quiet)).toEqual({ ok: true, value: right });
    const unread = copied.ok && copied.value.unread;
    if (name === 'native') expect(unread).toEqual({ ...right, sm3: expect.not.stringMatching(right.sm3) });
  });

  test('a copy that is stopped while it looks whether a checkpoint is borne out leaves the partial as it was', async () => {
    const made = await checkpointAt(5 * MEGABYTE);
    const checkpoints = { everyBytes: MEGABYTE, from: made, onReached: () => undefined };
    const stopped = await engine.copy(jobHere(), { signal: AbortSignal.abort(), checkpoints });
    expect(stopped).toMatchObject({ ok: false, failure: { code: 'docking.interrupted' } });
    expect(fs.readFileSync(target).equals(bytes.subarray(0, 5 * MEGABYTE + 1))).toBe(true);
  });

  test.each([1, 64, 65_536, MEGABYTE, 3 * MEGABYTE + 1, SIZE])('the first %i bytes of a file are hashed by both hashes', async (length) => {
    expect(await engine.hashBeginning(source, jobHere().listed, length, quiet)).toEqual({ ok: true, value: beginning(bytes, length) });
  });

  test('the beginning of a file that is not as listed, is shorter, gone, or is stopped, has no hash', async () => {
    const { listed } = jobHere();
    const failing = (code: string) => ({ ok: false, failure: { code } });
    expect(await engine.hashBeginning(source, { ...listed, sizeBytes: SIZE + 1 }, 10, quiet)).toMatchObject(failing('source.changed'));
    expect(await engine.hashBeginning(source, { ...listed, mtimeNs: '1' }, 10, quiet)).toMatchObject(failing('source.changed'));
    expect(await engine.hashBeginning(source, listed, SIZE + 1, quiet)).toMatchObject(failing('source.changed'));
    expect(await engine.hashBeginning(source, listed, 10, { signal: AbortSignal.abort() })).toMatchObject(failing('docking.interrupted'));
    expect(await engine.hashBeginning(Buffer.from(`${target}-none`), listed, 10, quiet)).toMatchObject(failing('source.gone'));
  });

  /** What befalls a copy between two pulls. */
  const befalls = fc.record({
    pulledAt: fc.nat(SIZE),
    change: fc.option(fc.record({ where: fc.constantFrom('camera' as const, 'disk' as const), at: fc.nat(SIZE - 1) }), { nil: null }),
    keeps: fc.constantFrom('checkpoint' as const, 'none' as const, 'first' as const),
  });

  test('pulled anywhere any number of times, with bytes that change on camera and disk, it ends with right bytes or says what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(befalls, { minLength: 1, maxLength: 5 }), async (story) => {
        let now: Buffer = Buffer.from(bytes);
        onCamera(now);
        fs.rmSync(target, { force: true });
        const known: Checkpoint[] = [];
        for (const { pulledAt, change, keeps } of story) {
          const from = keeps === 'none' ? null : ((keeps === 'first' ? known[0] : known.at(-1)) ?? null);
          const { told } = await copyFrom(from);
          // Cut to what a pull at that place leaves: the last checkpoint before it, and as many bytes.
          known.push(...told.filter(({ offset }) => offset <= pulledAt));
          fs.truncateSync(target, pulledAt);
          if (change?.where === 'camera') {
            now = flipped(now, change.at);
            onCamera(now);
          } else if (change && change.at < pulledAt) {
            fs.writeFileSync(target, flipped(fs.readFileSync(target), change.at));
          }
        }
        const { copied } = await copyFrom(known.at(-1) ?? null);
        if (!copied.ok) {
          expect(copied.failure.code).toBe('vault.read-back-differs');
          return;
        }
        const { unread } = copied.value;
        const read = unread && (await engine.hashBeginning(source, jobHere().listed, unread.bytes, quiet));
        if (read && (!read.ok || read.value.sha256 !== unread.sha256 || read.value.sm3 !== unread.sm3)) return;
        expect(copied.value).toMatchObject(hashes(now));
        expect(fs.readFileSync(target).equals(now)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
