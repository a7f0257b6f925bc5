import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyFile, proveCopy } from './copy-file.ts';

// What only a hand inside the engine can do, so that it is tried where no compiler is for the fault layer (faults.test.ts), too.
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

test('a byte that changes on the disk after it was written is found by the read-back', () => {
  const job = sourceOf(randomBytes(2_500_000));
  const copied = copyFile(job, [], () => undefined);
  if (!copied.ok) throw new Error(copied.failure.code);
  expect(proveCopy(job, copied.value, () => undefined)).toMatchObject({ ok: true });
  const bytes = fs.readFileSync(job.target);
  bytes[1_700_000] = (bytes[1_700_000] as number) ^ 1;
  fs.writeFileSync(job.target, bytes, { flush: true });
  expect(proveCopy(job, copied.value, () => undefined)).toMatchObject({ ok: false, failure: { code: 'vault.read-back-differs' } });
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
  const result = copyFile(job, [], () => {
    if (!changed) change(file);
    changed = true;
    fs.utimesSync(file, 1_772_431_392, 1_772_431_392);
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'source.changed' } });
});
