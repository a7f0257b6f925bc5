import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CODECS, makeMedia } from '../../fixtures/media-lab.ts';
import type { DerivativeKind } from '../contract/entries/media.ts';
import { derive, type Source } from './derivatives.ts';
import { probe } from './probe.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-derive-'));
const derived = path.join(folder, 'derived', 'unit');
const signal = new AbortController().signal;
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function make(kind: DerivativeKind, original: string, what: Partial<Source> = {}) {
  const source = { sizeBytes: fs.statSync(original).size, hasPicture: true, isStill: false, ...what };
  const target = path.join(derived, `${path.basename(original)}.${kind}`);
  return { made: await derive(kind, original, target, source, signal), target };
}

async function streamsOf(file: string) {
  const facts = await probe(file, { mediaKind: 'video', sizeBytes: 1 }, signal);
  if (facts === 'later') throw new Error('ffprobe is not installed');
  return facts;
}

test('the proxy of an HEVC clip is fragmented H.264 and AAC of 720 lines that a browser plays', async () => {
  const original = makeMedia(folder, 'hevc.mp4', { seconds: 5, size: '1920x1080', args: [...CODECS.hevc, '-c:a', 'aac'] });
  const before = fs.readFileSync(original);
  const { made, target } = await make('proxy', original);
  if (!made.ok) throw new Error(made.detail);
  const bytes = fs.readFileSync(target);
  expect(made).toEqual({ ok: true, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  const facts = await streamsOf(target);
  expect(facts).toMatchObject({ outcome: 'readable', browserPlayable: true });
  expect(facts.streams.map(({ codec, width, height }) => ({ codec, width, height }))).toEqual([
    { codec: 'h264', width: 1280, height: 720 },
    { codec: 'aac', width: null, height: null },
  ]);
  expect(facts.durationMs).toBeGreaterThan(4900);
  // Index first, then a fragment for each two seconds: it plays while it is being read.
  expect(boxesOf(bytes).slice(0, 2)).toEqual(['ftyp', 'moov']);
  expect(boxesOf(bytes).filter((type) => type === 'moof').length).toBeGreaterThanOrEqual(3);
  expect(fs.readFileSync(original).equals(before)).toBe(true);
  expect(fs.readdirSync(derived)).toEqual([path.basename(target)]);
});

/** Types of the boxes an MP4 consists of. */
function boxesOf(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) types.push(bytes.toString('latin1', at + 4, at + 8));
  return types;
}

test.each([
  ['odd.avi', '321x181', 320, 180],
  ['upright.avi', '1080x1920', 720, 1280],
  ['wide.avi', '1600x400', 1280, 320],
])('a proxy is never enlarged and keeps its shape: %s', async (name, size, width, height) => {
  // Scaled, because the test picture itself only comes in even sizes.
  const args = ['-vf', `scale=${size.replace('x', ':')}`, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj444p'];
  const original = makeMedia(folder, name, { seconds: 0.2, size, sound: false, args });
  expect((await streamsOf(original)).streams[0]).toMatchObject({ width: Number.parseInt(size, 10) });
  const { target, made } = await make('proxy', original);
  expect(made).toMatchObject({ ok: true });
  expect((await streamsOf(target)).streams).toEqual([expect.objectContaining({ codec: 'h264', width, height })]);
});

test('the proxy of a voice note has sound only', async () => {
  const original = makeMedia(folder, 'g711.wav', { seconds: 2, video: false, args: ['-ar', '8000', '-c:a', 'pcm_mulaw'] });
  const { target, made } = await make('proxy', original, { hasPicture: false });
  expect(made).toMatchObject({ ok: true });
  expect((await streamsOf(target)).streams).toEqual([expect.objectContaining({ kind: 'audio', codec: 'aac' })]);
});

test('a poster is a JPEG at most 640 wide, also of a clip shorter than a second and of a small photo', async () => {
  const cases: [string, boolean, number][] = [
    [makeMedia(folder, 'long.mp4', { seconds: 2, size: '1280x720', args: CODECS.h264 }), false, 640],
    [makeMedia(folder, 'short.mp4', { seconds: 0.4, size: '1280x720', sound: false, args: CODECS.h264 }), false, 640],
    [makeMedia(folder, 'photo.png', { seconds: 1, size: '102x58', sound: false, args: ['-frames:v', '1'] }), true, 102],
  ];
  for (const [original, isStill, width] of cases) {
    const { target, made } = await make('poster', original, { isStill });
    expect(made).toMatchObject({ ok: true });
    expect(fs.readFileSync(target).subarray(0, 3).toString('hex')).toBe('ffd8ff');
    const facts = await probe(target, { mediaKind: 'photo', sizeBytes: 1 }, signal);
    expect(facts).toMatchObject({ browserPlayable: true, streams: [{ codec: 'mjpeg', width }] });
  }
});

test('of garbage nothing is made and nothing is left behind', async () => {
  const garbage = path.join(folder, 'garbage.mp4');
  fs.writeFileSync(garbage, 'no clip at all '.repeat(1000));
  const { made, target } = await make('proxy', garbage);
  expect(made).toMatchObject({ ok: false, reason: 'failed' });
  expect(JSON.stringify(made)).not.toContain('garbage');
  expect(fs.readdirSync(path.dirname(target)).filter((name) => name.includes('garbage'))).toEqual([]);
});
