import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyFile, hashFile } from './copy-file.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-copy-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function sourceOf(bytes: Buffer) {
  const source = path.join(folder, 'clip.mp4');
  fs.writeFileSync(source, bytes);
  const { size, mtimeNs } = fs.statSync(source, { bigint: true });
  return {
    source: Buffer.from(source),
    target: path.join(folder, 'copy'),
    listed: { sizeBytes: Number(size), mtimeNs: String(mtimeNs) },
    provenFileSystem: true,
  };
}
const quiet = () => undefined;

test.each([0, 1, 4095, 1_048_576, 3_000_001])('a copy of %i bytes is the same bytes, with their hashes', (size) => {
  const bytes = randomBytes(size);
  const job = sourceOf(bytes);
  const result = copyFile(job, quiet);
  expect(result).toMatchObject({
    ok: true,
    value: {
      sizeBytes: size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sm3: createHash('sm3').update(bytes).digest('hex'),
      writtenBytes: size,
    },
  });
  expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
});

test('a byte that changes on the disk after it was written is found by the read-back', () => {
  const job = sourceOf(randomBytes(2_500_000));
  let flipped = false;
  const result = copyFile(job, (doneBytes) => {
    // Told with the whole size for the first time when the copy is complete and the read-back begins.
    if (flipped || doneBytes < job.listed.sizeBytes || fs.statSync(job.target).size < job.listed.sizeBytes) return;
    const fd = fs.openSync(job.target, 'r+');
    const byte = Buffer.alloc(1);
    fs.readSync(fd, byte, 0, 1, 1_700_000);
    byte[0] = (byte[0] as number) ^ 1;
    fs.writeSync(fd, byte, 0, 1, 1_700_000);
    fs.closeSync(fd);
    flipped = true;
  });
  expect(flipped).toBe(true);
  expect(result).toMatchObject({ ok: false, failure: { code: 'vault.read-back-differs' } });
});

test('a partial is gone on from where it agrees with the camera, and no further', () => {
  const bytes = randomBytes(3_000_000);
  const job = sourceOf(bytes);
  const partial = Buffer.from(bytes.subarray(0, 2_000_000));
  partial[1_500_000] = (partial[1_500_000] as number) ^ 255;
  fs.writeFileSync(job.target, partial);
  expect(copyFile(job, quiet)).toMatchObject({ ok: true, value: { resumedBytes: 1_500_000, writtenBytes: 1_500_000 } });
  expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
});

test('a partial longer than the file leaves nothing behind', () => {
  const bytes = randomBytes(500_000);
  const job = sourceOf(bytes);
  fs.writeFileSync(job.target, Buffer.concat([bytes, randomBytes(900_000)]));
  expect(copyFile(job, quiet)).toMatchObject({ ok: true, value: { sizeBytes: 500_000 } });
  expect(fs.readFileSync(job.target).equals(bytes)).toBe(true);
});

test('a file that grows while it is copied is not passed off as copied', () => {
  const job = sourceOf(randomBytes(2_000_000));
  let grown = false;
  const result = copyFile(job, () => {
    if (!grown) fs.appendFileSync(Buffer.from(job.source), 'more');
    grown = true;
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'source.changed' } });
});

test.each([
  ['grows', (file: string) => fs.appendFileSync(file, 'more')],
  ['is cut', (file: string) => fs.truncateSync(file, 1_999_999)],
  [
    'makes room for another of its size',
    (file: string) => {
      fs.writeFileSync(`${file}.new`, randomBytes(2_000_000));
      fs.renameSync(`${file}.new`, file);
    },
  ],
])('a file that %s while it is copied, but keeps its date as FAT does for two seconds, is noticed', (_, change) => {
  const bytes = sourceOf(randomBytes(2_000_000));
  const file = Buffer.from(bytes.source).toString();
  fs.utimesSync(file, 1_772_431_392, 1_772_431_392);
  const job = { ...bytes, listed: { sizeBytes: 2_000_000, mtimeNs: '1772431392000000000' } };
  let changed = false;
  const result = copyFile(job, () => {
    if (!changed) change(file);
    changed = true;
    fs.utimesSync(file, 1_772_431_392, 1_772_431_392);
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'source.changed' } });
});

test('a disk that fills up during the copy is said to be full, and the source is whole', () => {
  const job = sourceOf(randomBytes(3_000_000));
  const disk = path.join(folder, 'disk');
  fs.mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  try {
    const result = copyFile({ ...job, target: path.join(disk, 'copy') }, quiet);
    expect(result).toMatchObject({ ok: false, failure: { code: 'vault.full' } });
    expect(fs.statSync(Buffer.from(job.source)).size).toBe(3_000_000);
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('a link, a pipe and a missing file are refused, each by its name', () => {
  const link = path.join(folder, 'link');
  fs.symlinkSync('/etc/passwd', link);
  expect(hashFile(Buffer.from(link), quiet)).toMatchObject({ ok: false, failure: { code: 'source.symlink' } });
  expect(hashFile(Buffer.from('/dev/null'), quiet)).toMatchObject({ ok: false, failure: { code: 'source.special-file' } });
  expect(hashFile(Buffer.from(path.join(folder, 'none')), quiet)).toMatchObject({ ok: false, failure: { code: 'source.gone' } });
});

test('a file whose first read fails is unreadable, and nothing of it is passed off as copied', () => {
  // A regular file that lists and opens like any other; reading its first byte is an I/O error.
  const source = Buffer.from('/proc/self/mem');
  const { mtimeNs } = fs.statSync(source, { bigint: true });
  const target = path.join(folder, 'copy');
  const result = copyFile({ source, target, listed: { sizeBytes: 0, mtimeNs: String(mtimeNs) }, provenFileSystem: true }, quiet);
  expect(result).toMatchObject({ ok: false, failure: { code: 'source.unreadable', detail: expect.stringContaining('EIO') } });
  expect(hashFile(source, quiet)).toMatchObject({ ok: false, failure: { code: 'source.unreadable' } });
});

test('a device that never ends is refused before a byte of it is read', () => {
  const job = { ...sourceOf(Buffer.alloc(0)), source: Buffer.from('/dev/zero') };
  expect(copyFile(job, quiet)).toMatchObject({ ok: false, failure: { code: 'source.special-file' } });
  expect(fs.existsSync(job.target)).toBe(false);
});

test('a target that cannot be made is a fault of the vault, not of the camera', () => {
  const job = sourceOf(randomBytes(1000));
  expect(copyFile({ ...job, target: path.join(folder, 'no-such-folder', 'copy') }, quiet)).toMatchObject({
    ok: false,
    failure: { code: 'vault.write-failed' },
  });
});
