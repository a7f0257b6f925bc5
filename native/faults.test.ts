import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EngineName, enginesHere, hasToolchain, readBackIn } from '../fixtures/copy-lab.ts';
import { buildLayer } from '../fixtures/faults/layers.ts';

/** What every copy engine does when disk or camera misbehave, each in a process with a fault layer under it. */
const MEGABYTE = 1 << 20;
const SIZE = 3 * MEGABYTE + 77_777;
const root = path.dirname(import.meta.dirname);

let lab: string;
let layer: string;
beforeAll(() => {
  lab = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-layer-'));
  layer = path.join(lab, 'layer.so');
  if (hasToolchain) buildLayer('layer', lab);
});
afterAll(() => fs.rmSync(lab, { recursive: true }));

let folder: string;
let bytes: Buffer;
let clip: string;
let target: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-faults-'));
  bytes = randomBytes(SIZE);
  clip = path.join(folder, 'clip.mp4');
  target = path.join(folder, 'copy');
  fs.writeFileSync(clip, bytes);
  // A time that a FAT file system could have.
  fs.utimesSync(clip, 1_772_431_392, 1_772_431_392);
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** The sanitizers' run time, when the engine was built with one, has to come before everything else. */
function preloaded(): string {
  return [process.env['LD_PRELOAD'], layer].filter(Boolean).join(' ');
}

/** Copies the clip with the faults under it; every one of them must have happened. */
function copyWith(engine: EngineName, faults: readonly string[], ...more: string[]): unknown {
  const done = path.join(folder, 'done');
  fs.rmSync(done, { force: true });
  const { size, mtimeNs } = fs.statSync(clip, { bigint: true });
  const args = [path.join(root, 'fixtures/faults/copy-once.ts'), engine, clip, target, String(size), String(mtimeNs), ...more];
  const env = { ...process.env, LD_PRELOAD: preloaded(), EVIDOCK_FAULTS: faults.join(';'), EVIDOCK_FAULTS_DONE: done };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`copy-once ended with ${status}: ${stderr}`);
  const happened = new Set(fs.existsSync(done) ? fs.readFileSync(done, 'utf8').trim().split('\n') : []);
  expect([...happened].sort()).toEqual([...new Set(faults.map((fault) => fault.replace(/ .* /, ' ')))].sort());
  return JSON.parse(stdout);
}

const failing = (code: string, detail: RegExp) => ({ ok: false, failure: { code, detail: expect.stringMatching(detail) } });
const whole = () => ({ ok: true, value: { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } });

function expectWholeCopy(): void {
  expect(fs.readFileSync(target).equals(bytes)).toBe(true);
}

// Where nothing can be compiled there is no layer; the portable engine's own tests stand in for it there.
describe.each(hasToolchain ? enginesHere() : [])('$name', ({ name }) => {
  test.each([0, MEGABYTE + 5, SIZE - 1])('a bit that turned on the disk at byte %i is found by the read-back', (at) => {
    expect(copyWith(name, [`back copy ${at} flip`])).toMatchObject(
      failing('vault.read-back-differs', /^read [0-9a-f]{64}, device holds [0-9a-f]{64}$/),
    );
  });

  test.each([0, MEGABYTE, SIZE - 1])('a camera that cannot be read at byte %i is unreadable, and what was read before is kept', (at) => {
    expect(copyWith(name, [`read clip.mp4 ${at} EIO`])).toMatchObject(failing('source.unreadable', /EIO/));
    const kept = fs.readFileSync(target);
    expect(kept.length).toBe(Math.floor(at / MEGABYTE) * MEGABYTE);
    expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
    expect(copyWith(name, [])).toMatchObject({ ...whole(), value: { resumedBytes: kept.length, writtenBytes: SIZE - kept.length } });
    expectWholeCopy();
  });

  /** Copies around faults, some of which must have happened; says what happened how often. */
  function salvageWith(faults: readonly string[]): { outcome: unknown; failedReads: number } {
    const outcome = copyWith(name, faults, 'salvage');
    return { outcome, failedReads: fs.readFileSync(path.join(folder, 'done'), 'utf8').trim().split('\n').length };
  }

  /** The clip with zeros where its holes are. */
  function withHoles(holes: readonly { offset: number; lengthBytes: number }[]): Buffer {
    const kept = Buffer.from(bytes);
    for (const { offset, lengthBytes } of holes) kept.fill(0, offset, offset + lengthBytes);
    return kept;
  }

  const SECTOR = 4096;
  const hole = (offset: number) => ({
    offset: Math.floor(offset / SECTOR) * SECTOR,
    lengthBytes: Math.min(SECTOR, SIZE - Math.floor(offset / SECTOR) * SECTOR),
  });
  test.each([
    ['at its start', [0]],
    ['at its end', [SIZE - 1]],
    ['within a block', [MEGABYTE + 5000]],
    ['at both ends of a block', [MEGABYTE, 2 * MEGABYTE - 1]],
    ['at three places', [7, 2 * MEGABYTE + 123_456, SIZE - 1]],
  ])('of a clip that cannot be read %s all but these sectors is kept, with a map of them', (_, places) => {
    const holes = places.map(hole);
    const { outcome, failedReads } = salvageWith(places.map((at) => `read clip.mp4 ${at} EIO`));
    const kept = withHoles(holes);
    const value = {
      sizeBytes: SIZE,
      sha256: createHash('sha256').update(kept).digest('hex'),
      sm3: createHash('sm3').update(kept).digest('hex'),
      holes,
    };
    expect(outcome).toMatchObject({ ok: true, value });
    expect(fs.readFileSync(target).equals(kept)).toBe(true);
    expect(failedReads).toBeLessThanOrEqual(9 * places.length);
  });

  test('neighbouring sectors are one hole', () => {
    const { outcome } = salvageWith([MEGABYTE - 1, MEGABYTE, MEGABYTE + SECTOR].map((at) => `read clip.mp4 ${at} EIO`));
    expect(outcome).toMatchObject({ ok: true, value: { holes: [{ offset: MEGABYTE - SECTOR, lengthBytes: 3 * SECTOR }] } });
  });

  test('of a clip that cannot be read from a place on, what is before it is kept', () => {
    const { outcome } = salvageWith([`read clip.mp4 ${MEGABYTE + 1} rotten`]);
    const holes = [{ offset: MEGABYTE, lengthBytes: SIZE - MEGABYTE }];
    expect(outcome).toMatchObject({ ok: true, value: { holes } });
    expect(fs.readFileSync(target).equals(withHoles(holes))).toBe(true);
  });

  test('a long dead stretch is not tried sector by sector for ever', () => {
    bytes = randomBytes(24 * MEGABYTE);
    fs.writeFileSync(clip, bytes);
    const { outcome, failedReads } = salvageWith([`read clip.mp4 ${MEGABYTE} rotten`]);
    expect(outcome).toMatchObject({ ok: true, value: { holes: [{ offset: MEGABYTE, lengthBytes: 23 * MEGABYTE }] } });
    expect(failedReads).toBeLessThanOrEqual(4096 + 40);
    expect(fs.readFileSync(target).equals(withHoles([{ offset: MEGABYTE, lengthBytes: 23 * MEGABYTE }]))).toBe(true);
  });

  test('of a clip of which no byte can be read there is nothing to keep', () => {
    expect(salvageWith(['read clip.mp4 0 rotten']).outcome).toMatchObject(failing('source.unreadable', /EIO/));
  });

  test('a clip that a second look can read has no holes, and a camera that went away is no hole', () => {
    expect(copyWith(name, [], 'salvage')).toMatchObject({ ...whole(), value: { holes: [] } });
    fs.rmSync(target);
    expect(salvageWith([`read clip.mp4 ${MEGABYTE} ENODEV`]).outcome).toMatchObject(failing('source.gone', /ENODEV/));
    expect(salvageWith([`read clip.mp4 ${MEGABYTE} append`]).outcome).toMatchObject(failing('source.changed', /listed/));
  });

  test('a camera that went away is gone', () => {
    expect(copyWith(name, [`read clip.mp4 ${MEGABYTE} ENODEV`])).toMatchObject(failing('source.gone', /ENODEV/));
    expect(copyWith(name, [`read clip.mp4 ${MEGABYTE} ESTALE`])).toMatchObject(failing('source.gone', /ESTALE/));
  });

  test.each(['append', 'cut', 'replace'])('a file that changes while it is copied (%s) but keeps its date, as on FAT, is noticed', (how) => {
    expect(copyWith(name, [`read clip.mp4 ${MEGABYTE} ${how}`])).toMatchObject(failing('source.changed', /listed|took its name/));
  });

  test('reads and writes that do less than they were asked for are gone on with', () => {
    for (const fault of ['read clip.mp4 0 short', 'write copy 0 short']) {
      expect(copyWith(name, [fault])).toMatchObject({ ...whole(), value: { resumedBytes: 0 } });
      expectWholeCopy();
      fs.rmSync(target);
    }
  });

  test('reads and writes that a signal interrupts are done again', () => {
    expect(copyWith(name, ['read clip.mp4 0 interrupted', 'write copy 0 interrupted', 'back copy 0 interrupted'])).toMatchObject(whole());
    expectWholeCopy();
  });

  test('short reads from the device prove what they read, or say that they did not', () => {
    // One engine goes on from the last whole sector, the other takes it for a refusal; neither reads on from in between.
    const readBack = name === 'native' ? readBackIn(folder) : 'cache-dropped';
    expect(copyWith(name, ['back copy 0 short'])).toMatchObject({ ...whole(), value: { readBack } });
  });

  test.each(['ENOSPC', 'EDQUOT'])('a disk that fills up in the middle (%s) is full', (error) => {
    expect(copyWith(name, [`write copy ${2 * MEGABYTE} ${error}`])).toMatchObject(failing('vault.full', new RegExp(error)));
  });

  test.each([0, 2 * MEGABYTE, SIZE - 1])('a disk that cannot be written at byte %i fails the copy', (at) => {
    expect(copyWith(name, [`write copy ${at} EIO`])).toMatchObject(failing('vault.write-failed', /EIO/));
    expect(copyWith(name, [`write copy ${at} EROFS`])).toMatchObject(failing('vault.write-failed', /EROFS/));
  });

  test('trouble of the disk is told when camera and disk fail, for the disk failed at an earlier byte', () => {
    const faults = [`write copy 0 EIO`, `read clip.mp4 ${SIZE - 1} slow`];
    expect(copyWith(name, faults)).toMatchObject(failing('vault.write-failed', /EIO/));
  });

  test('a flush that failed once is not believed the next time', () => {
    expect(copyWith(name, ['flush copy 0 EIO'])).toMatchObject(failing('vault.write-failed', /EIO/));
  });

  test('a flush for a checkpoint that failed is not made good by the one at the end, and no checkpoint is told', () => {
    const file = path.join(folder, 'checkpoint');
    const copied = copyWith(name, ['flush copy 0 EIO'], String(MEGABYTE), file);
    expect(copied).toMatchObject(failing('vault.write-failed', /EIO/));
    expect(fs.existsSync(file)).toBe(false);
  });

  test('a read-back that cannot be read fails the copy', () => {
    expect(copyWith(name, [`back copy ${MEGABYTE} EIO`])).toMatchObject(failing('vault.write-failed', /EIO/));
  });

  test('where direct reading and writing is refused, the cache is dropped first, and the copy says so', () => {
    expect(copyWith(name, ['direct copy 0 EINVAL'])).toMatchObject({ ...whole(), value: { readBack: 'cache-dropped' } });
    expectWholeCopy();
    expect(copyWith(name, ['direct copy 0 EINVAL', `back copy ${SIZE - 1} flip`])).toMatchObject(failing('vault.read-back-differs', /device holds/));
  });

  test('a copy that is stopped under way leaves a beginning that is gone on from', () => {
    bytes = randomBytes(40 * MEGABYTE);
    fs.writeFileSync(clip, bytes);
    expect(copyWith(name, ['read clip.mp4 0 slow'], 'stop')).toMatchObject(failing('docking.interrupted', /stopped/));
    const kept = fs.readFileSync(target);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(bytes.length);
    expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
    expect(copyWith(name, [])).toMatchObject({ ok: true, value: { resumedBytes: kept.length, readBack: readBackIn(folder) } });
    expectWholeCopy();
  });
});

test('the fault layer is there wherever a compiler is', () => {
  expect(fs.existsSync(layer)).toBe(hasToolchain);
});
