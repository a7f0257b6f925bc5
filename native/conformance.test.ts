import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import createXxhash from 'xxhash-wasm';
import { copyAndProve, enginesHere, readBackIn } from '../fixtures/copy-lab.ts';
import type { CopyEngine, CopyJob, CopyPlace, Outcome } from './engine.ts';

/** What every copy engine promises, tried on each one that this machine has. Faults of disks and cameras are in faults.test.ts. */
const quiet = { signal: new AbortController().signal };
const MEGABYTE = 1 << 20;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-copy-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function jobFor(bytes: Buffer, name: string | Buffer = 'clip.mp4'): CopyJob & CopyPlace {
  const source = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  fs.writeFileSync(source, bytes);
  return jobOf(source);
}

function jobOf(source: Buffer): CopyJob & CopyPlace {
  const { size, mtimeNs } = fs.statSync(source, { bigint: true });
  const listed = { sizeBytes: Number(size), mtimeNs: String(mtimeNs) };
  return { source, target: path.join(folder, 'copy'), listed, provenFileSystem: true };
}

const XXH64 = await createXxhash();

async function settledOf<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const settled = await outcome;
  if (!settled.ok) throw new Error(settled.failure.code);
  return settled.value;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const sm3 = (bytes: Buffer) => createHash('sm3').update(bytes).digest('hex');
const fingerprint = (bytes: Buffer) => sha256(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes.subarray(0, 65_536), bytes.subarray(-65_536)]));

function onDisk(megabytes: number, act: (disk: string) => Promise<void>): Promise<void> {
  const disk = path.join(folder, 'disk');
  fs.mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  return act(disk).finally(() => execFileSync('umount', [disk]));
}

describe.each(enginesHere())('$name', ({ start }) => {
  const engine: CopyEngine = start();
  afterAll(() => engine.close());

  const SIZES = [0, 1, 4095, 4096, 65_535, 65_537, 131_073, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 3_000_001, 9 * MEGABYTE, 9 * MEGABYTE + 4096 + 17];
  test.each(SIZES)('a copy of %i bytes is the same bytes, with their hashes', async (size) => {
    const bytes = randomBytes(size);
    const job = jobFor(bytes);
    expect(await copyAndProve(engine, job, quiet)).toEqual({
      ok: true,
      value: {
        sizeBytes: size,
        sha256: sha256(bytes),
        sm3: sm3(bytes),
        fingerprint: fingerprint(bytes),
        readBack: readBackIn(folder),
        resumedBytes: 0,
        writtenBytes: size,
        unread: null,
        holes: [],
      },
    });
    expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
    expect(fs.statSync(job.target).mode & 0o777).toBe(0o600);
    expect(await engine.hash(job.source, quiet)).toEqual({
      ok: true,
      value: { sizeBytes: size, sha256: sha256(bytes), fingerprint: fingerprint(bytes) },
    });
    expect(await engine.fingerprint(job.source, quiet)).toEqual({ ok: true, value: { sizeBytes: size, fingerprint: fingerprint(bytes) } });
    expect(await engine.hashAtRest(job.target, quiet)).toEqual({
      ok: true,
      value: { sizeBytes: size, sha256: sha256(bytes), readBack: readBackIn(folder) },
    });
  });

  test.each([0, 31, 32, 33, MEGABYTE, 3_000_001])(
    'of %i bytes the hashes that are asked for are made in the same pass, and no others',
    async (size) => {
      const bytes = randomBytes(size);
      const job = jobFor(bytes);
      const md5 = createHash('md5').update(bytes).digest('hex');
      const xxh64 = XXH64.h64Raw(bytes).toString(16).padStart(16, '0');
      for (const extraHashes of [['md5'], ['xxh64'], ['md5', 'xxh64']] as const) {
        const { md5: madeMd5, xxh64: madeXxh64 } = await settledOf(copyAndProve(engine, job, { ...quiet, extraHashes }));
        expect([madeMd5, madeXxh64]).toEqual([
          extraHashes.some((one) => one === 'md5') ? md5 : undefined,
          extraHashes.some((one) => one === 'xxh64') ? xxh64 : undefined,
        ]);
        const beginning = await settledOf(engine.hashBeginning(job.source, job.listed, size, { ...quiet, extraHashes }));
        expect([beginning.md5, beginning.xxh64]).toEqual([madeMd5, madeXxh64]);
      }
    },
  );

  test('twenty files at once, small and large, are each what they were', async () => {
    const files = Array.from({ length: 20 }, (_, n) => randomBytes(n % 3 === 0 ? 5_000_000 + n : 1000 * n));
    const outcomes = await Promise.all(
      files.map((bytes, n) => copyAndProve(engine, { ...jobFor(bytes, `clip-${n}`), target: path.join(folder, `copy-${n}`) }, quiet)),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const bytes = files[n] as Buffer;
      expect(outcome).toMatchObject({ ok: true, value: { sizeBytes: bytes.length, sha256: sha256(bytes), sm3: sm3(bytes) } });
      expect(fs.readFileSync(path.join(folder, `copy-${n}`)).equals(bytes)).toBe(true);
    }
  });

  test('a name that is no text is found by its bytes', async () => {
    const bytes = randomBytes(1000);
    const job = jobFor(bytes, Buffer.from([0xd6, 0xd0, 0xff, 0x0a]));
    expect(await copyAndProve(engine, job, quiet)).toMatchObject({ ok: true, value: { sha256: sha256(bytes) } });
  });

  test('a file system that is not known to tell the truth leaves the copy unproven', async () => {
    const job = jobFor(randomBytes(2_000_000));
    expect(await copyAndProve(engine, { ...job, provenFileSystem: false }, quiet)).toMatchObject({ ok: true, value: { readBack: 'unproven' } });
  });

  test('holes in a file are copied as the zeros they read as', async () => {
    const source = Buffer.from(path.join(folder, 'sparse'));
    fs.writeFileSync(source, 'head');
    fs.truncateSync(source, 40_000_000);
    const bytes = fs.readFileSync(source);
    expect(await copyAndProve(engine, jobOf(source), quiet)).toMatchObject({ ok: true, value: { sha256: sha256(bytes), sm3: sm3(bytes) } });
  });

  test.each([
    ['at its end', 2_000_000, 2_000_000],
    ['within its first block', 2_000_000, 100],
    ['within a later block', 2_000_000, 1_500_000],
    ['on the border of two blocks', 2 * MEGABYTE, MEGABYTE],
    ['nowhere', 3_000_000, 3_000_000],
  ])('a partial that stops agreeing with the camera %s is gone on from there, and no further', async (_, present, agrees) => {
    const bytes = randomBytes(3_000_000);
    const job = jobFor(bytes);
    const partial = Buffer.from(bytes.subarray(0, present));
    // All that follows the first wrong byte is right again, and worth nothing all the same.
    if (agrees < present) partial[agrees] = (partial[agrees] as number) ^ 255;
    fs.writeFileSync(job.target, partial);
    const value = { sizeBytes: 3_000_000, sha256: sha256(bytes), resumedBytes: agrees, writtenBytes: 3_000_000 - agrees };
    expect(await copyAndProve(engine, job, quiet)).toMatchObject({ ok: true, value });
    expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
  });

  test.each([500_000, 0, 2 * MEGABYTE])('a partial longer than the file of %i bytes leaves nothing behind', async (size) => {
    const bytes = randomBytes(size);
    const job = jobFor(bytes);
    fs.writeFileSync(job.target, Buffer.concat([bytes, randomBytes(900_000)]));
    expect(await copyAndProve(engine, job, quiet)).toMatchObject({ ok: true, value: { sizeBytes: size, resumedBytes: size, writtenBytes: 0 } });
    expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
  });

  test('what was stopped before it began has copied nothing, and can be gone on with', async () => {
    const bytes = randomBytes(5_000_000);
    const job = jobFor(bytes);
    const stopped = { signal: AbortSignal.abort() };
    const failure = { code: 'docking.interrupted' };
    expect(await copyAndProve(engine, job, stopped)).toMatchObject({ ok: false, failure });
    expect(fs.statSync(job.target).size).toBe(0);
    expect(await engine.hash(job.source, stopped)).toMatchObject({ ok: false, failure });
    expect(await engine.hashAtRest(job.target, stopped)).toMatchObject({ ok: false, failure });
    expect(await copyAndProve(engine, job, quiet)).toMatchObject({ ok: true, value: { sha256: sha256(bytes) } });
  });

  test('stopping one copy of many leaves the others alone', async () => {
    const files = Array.from({ length: 6 }, () => randomBytes(4_000_000));
    const stop = new AbortController();
    const outcomes = files.map((bytes, n) =>
      copyAndProve(engine, { ...jobFor(bytes, `clip-${n}`), target: path.join(folder, `copy-${n}`) }, n === 5 ? { signal: stop.signal } : quiet),
    );
    stop.abort();
    const settled = await Promise.all(outcomes);
    expect(settled.map(({ ok }) => ok)).toEqual([true, true, true, true, true, false]);
    expect(settled[5]).toMatchObject({ failure: { code: 'docking.interrupted' } });
  });

  test('progress only grows, and never past the end', async () => {
    const source = Buffer.from(path.join(folder, 'long'));
    fs.writeFileSync(source, '');
    fs.truncateSync(source, 300_000_000);
    const job = jobOf(source);
    const told = { copy: [] as number[], prove: [] as number[] };
    const copied = await engine.copy(job, { ...quiet, onProgress: (done) => told.copy.push(done) });
    if (!copied.ok) throw new Error(copied.failure.code);
    expect(await engine.prove(job, copied.value, { ...quiet, onProgress: (done) => told.prove.push(done) })).toMatchObject({ ok: true });
    for (const each of Object.values(told)) {
      expect(each.length).toBeGreaterThan(0);
      expect(each).toEqual([...each].sort((a, b) => a - b));
      expect(Math.max(...each)).toBeLessThanOrEqual(300_000_000);
    }
  });

  test.each([
    ['size', { sizeBytes: 999 }],
    ['time', { mtimeNs: '1' }],
  ])('a file whose %s is not as listed is not begun', async (_, other) => {
    const job = jobFor(randomBytes(1000));
    const outcome = await copyAndProve(engine, { ...job, listed: { ...job.listed, ...other } }, quiet);
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'source.changed' } });
    expect(fs.existsSync(job.target)).toBe(false);
  });

  test('a disk that is full is said to be full, and the source is whole', async () => {
    const job = jobFor(randomBytes(3_000_000));
    await onDisk(1, async (disk) => {
      const outcome = await copyAndProve(engine, { ...job, target: path.join(disk, 'copy') }, quiet);
      expect(outcome).toMatchObject({ ok: false, failure: { code: 'vault.full', what: path.join(disk, 'copy') } });
    });
    expect(fs.statSync(Buffer.from(job.source)).size).toBe(3_000_000);
  });

  test('a copy into memory is a copy, and never called direct or dropped where that is not known', async () => {
    const bytes = randomBytes(3_000_000);
    const job = jobFor(bytes);
    await onDisk(8, async (disk) => {
      const outcome = await copyAndProve(engine, { ...job, target: path.join(disk, 'copy'), provenFileSystem: false }, quiet);
      expect(outcome).toMatchObject({ ok: true, value: { sha256: sha256(bytes), readBack: 'unproven' } });
    });
  });

  test('a link, a pipe, a device and a missing file are refused, each by its name', async () => {
    const link = path.join(folder, 'link');
    fs.symlinkSync('/etc/passwd', link);
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const cases = [
      [link, 'source.symlink'],
      [pipe, 'source.special-file'],
      ['/dev/null', 'source.special-file'],
      [folder, 'source.special-file'],
      [path.join(folder, 'none'), 'source.gone'],
      [path.join(folder, 'none', 'below'), 'source.gone'],
    ] as const;
    for (const [file, code] of cases) {
      const refused = { ok: false, failure: { code, what: file } };
      expect(await engine.hash(Buffer.from(file), quiet)).toMatchObject(refused);
      expect(await engine.fingerprint(Buffer.from(file), quiet)).toMatchObject(refused);
      const job = { source: Buffer.from(file), target: path.join(folder, 'copy'), listed: { sizeBytes: 0, mtimeNs: '0' }, provenFileSystem: true };
      expect(await copyAndProve(engine, job, quiet)).toMatchObject(refused);
    }
    expect(fs.existsSync(path.join(folder, 'copy'))).toBe(false);
  });

  test('a device that never ends is refused before a byte of it is read', async () => {
    const job = { ...jobFor(Buffer.alloc(0)), source: Buffer.from('/dev/zero') };
    expect(await copyAndProve(engine, job, quiet)).toMatchObject({ ok: false, failure: { code: 'source.special-file' } });
    expect(fs.existsSync(job.target)).toBe(false);
  });

  test('a file whose first read fails is unreadable, and nothing of it is passed off as copied', async () => {
    // A regular file that lists and opens like any other; reading its first byte is an I/O error.
    const source = Buffer.from('/proc/self/mem');
    const unreadable = { ok: false, failure: { code: 'source.unreadable', what: '/proc/self/mem', detail: expect.stringContaining('EIO') } };
    expect(await copyAndProve(engine, jobOf(source), quiet)).toMatchObject(unreadable);
    expect(await engine.hash(source, quiet)).toMatchObject(unreadable);
  });

  test('a target that cannot be made, or is a link, is a fault of the vault and not of the camera', async () => {
    const job = jobFor(randomBytes(1000));
    const link = path.join(folder, 'link');
    fs.symlinkSync(path.join(folder, 'elsewhere'), link);
    for (const target of [path.join(folder, 'no-such-folder', 'copy'), link, folder]) {
      expect(await copyAndProve(engine, { ...job, target }, quiet)).toMatchObject({
        ok: false,
        failure: { code: 'vault.write-failed', what: target },
      });
    }
    expect(fs.existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  test('what lies at rest and is missing or a link is not read', async () => {
    const link = path.join(folder, 'link');
    fs.symlinkSync('/etc/passwd', link);
    expect(await engine.hashAtRest(path.join(folder, 'none'), quiet)).toMatchObject({ ok: false, failure: { code: 'source.gone' } });
    expect(await engine.hashAtRest(link, quiet)).toMatchObject({ ok: false, failure: { code: 'source.symlink' } });
  });

  test('an engine that is closed while it copies ends, and takes nothing more', async () => {
    const own = start();
    const source = Buffer.from(path.join(folder, 'long'));
    fs.writeFileSync(source, '');
    fs.truncateSync(source, 2_000_000_000);
    void own.copy(jobOf(source), quiet).catch(() => undefined);
    await own.close();
    await own.close();
  });
});
