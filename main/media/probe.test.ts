import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { CODECS, makeMedia } from '../../fixtures/media-lab.ts';
import { ItemProbed } from '../contract/entries/media.ts';
import type { MediaKind } from '../contract/values.ts';
import { probe } from './probe.ts';
import { factsOfProbe } from './probe-facts.pure.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-probe-'));
const signal = new AbortController().signal;
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function probed(file: string, mediaKind: MediaKind = 'video'): Promise<ItemProbed> {
  const facts = await probe(file, { mediaKind, sizeBytes: fs.statSync(file).size }, signal);
  if (facts === 'later') throw new Error('ffprobe is not installed');
  return ItemProbed.parse(facts);
}

function bytes(name: string, content: Uint8Array | string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

test('an ordinary clip: container, length, streams, and that a browser plays it', async () => {
  const file = makeMedia(folder, 'plain.mp4', {
    seconds: 2,
    args: [...CODECS.h264, '-c:a', 'aac', '-metadata', 'creation_time=2026-03-02T06:03:12Z'],
  });
  const facts = await probed(file);
  expect(facts).toMatchObject({ outcome: 'readable', damage: null, container: 'mov,mp4,m4a,3gp,3g2,mj2', browserPlayable: true });
  expect(facts.durationMs).toBeGreaterThanOrEqual(2000);
  expect(facts.durationMs).toBeLessThan(2100);
  expect(facts.creationTime).toBe('2026-03-02T06:03:12.000000Z');
  expect(facts.streams[0]).toEqual({
    kind: 'video',
    codec: 'h264',
    width: 320,
    height: 180,
    frameRate: { numerator: 25, denominator: 1 },
    sampleRateHz: null,
    channels: null,
  });
  expect(facts.streams[1]).toMatchObject({ kind: 'audio', codec: 'aac', sampleRateHz: 44_100, channels: 1, frameRate: null });
});

test.each([
  ['hevc.mp4', [...CODECS.hevc, '-c:a', 'aac'], false],
  ['h264.mov', [...CODECS.h264, '-an'], true],
  ['h264-10-bit.mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-an'], false],
  ['h264-pcm.mov', [...CODECS.h264, '-c:a', 'pcm_mulaw', '-ar', '8000'], false],
  ['h264.mkv', [...CODECS.h264, '-c:a', 'aac'], false],
  ['vp8.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-an'], true],
  ['mjpeg.avi', [...CODECS.mjpeg, '-c:a', 'adpcm_ima_wav'], false],
  ['h264.ts', [...CODECS.h264, '-c:a', 'aac'], false],
  ['h264.flv', [...CODECS.h264, '-c:a', 'aac'], false],
] as const)('%s: read, and known whether a browser plays it', async (name, args, browserPlayable) => {
  expect(await probed(makeMedia(folder, name, { seconds: 1, args }))).toMatchObject({ outcome: 'readable', browserPlayable });
});

test.each([
  ['g711.wav', ['-ar', '8000', '-c:a', 'pcm_mulaw'], false, true],
  ['pcm.wav', ['-c:a', 'pcm_s16le'], true, true],
  ['note.mp3', ['-c:a', 'libmp3lame'], true, true],
  ['note.aac', ['-c:a', 'aac'], true, false],
] as const)('%s: a length that ffprobe only estimates is not taken for known', async (name, args, browserPlayable, known) => {
  const facts = await probed(makeMedia(folder, name, { seconds: 2, video: false, args }), 'audio');
  expect(facts).toMatchObject({ outcome: 'readable', browserPlayable });
  expect(facts.durationMs !== null).toBe(known);
});

test('photos are shown as they are and have no length', async () => {
  for (const name of ['photo.jpg', 'photo.png', 'photo.bmp']) {
    const file = makeMedia(folder, name, { seconds: 1, sound: false, args: ['-frames:v', '1'] });
    expect(await probed(file, 'photo')).toMatchObject({ outcome: 'readable', durationMs: null, browserPlayable: true });
  }
});

test('a clip cut off before its index is damaged, and said how', async () => {
  const whole = fs.readFileSync(makeMedia(folder, 'whole.mp4', { seconds: 2, args: [...CODECS.h264, '-c:a', 'aac'] }));
  const cut = bytes('cut.mp4', whole.subarray(0, whole.length >> 1));
  expect(await probed(cut)).toMatchObject({ outcome: 'damaged', damage: 'no-moov', durationMs: null, streams: [], browserPlayable: false });
});

test('an empty file, zeros, random bytes and text are damaged media, never an error', async () => {
  expect(await probed(bytes('empty.mp4', ''))).toMatchObject({ outcome: 'damaged', damage: 'empty' });
  expect(await probed(bytes('zeros.mp4', new Uint8Array(200_000)))).toMatchObject({ outcome: 'damaged', damage: 'unreadable' });
  expect(await probed(bytes('text.mp4', 'one line like another\n'.repeat(500)))).toMatchObject({ outcome: 'damaged', damage: 'unreadable' });
  for (let n = 0; n < 5; n += 1) expect(await probed(bytes('noise.mp4', randomBytes(300_000)))).toMatchObject({ outcome: 'damaged' });
});

test('what is no media by its kind is not looked into', async () => {
  expect(await probed(bytes('camera.log', 'started'), 'log')).toMatchObject({ outcome: 'not-media', damage: null });
});

test('a playlist or a concat script that calls itself a clip opens no other file', async () => {
  const plain = path.join(folder, 'plain.mp4');
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:${plain}\n#EXT-X-ENDLIST\n`;
  expect(await probed(bytes('hls.mp4', playlist))).toMatchObject({ outcome: 'damaged', damage: 'foreign-format' });
  expect(await probed(bytes('concat.mp4', `ffconcat version 1.0\nfile plain.mp4\n`))).toMatchObject({ outcome: 'damaged', damage: 'foreign-format' });
});

test('headers that claim enormous sizes are answered within the limits', async () => {
  const box = (size: number, type: string) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(size);
    head.write(type, 4, 'latin1');
    return head;
  };
  const ftyp = Buffer.concat([box(16, 'ftyp'), Buffer.from('isom\0\0\0\0')]);
  const huge = bytes('huge.mp4', Buffer.concat([ftyp, box(0x7fff_fff0, 'moov'), box(0x7fff_ff00, 'trak'), randomBytes(4000)]));
  expect((await probed(huge)).outcome).not.toBe('readable');
  const chunk = (type: string, data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), Buffer.from(type), data, Buffer.alloc(4)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(0x7fff_ffff, 0);
  header.writeUInt32BE(0x7fff_ffff, 4);
  header.set([8, 6], 8);
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(64)))]);
  expect(['damaged', 'limit-exceeded']).toContain((await probed(bytes('huge.png', png), 'photo')).outcome);
});

test('a name that looks like an option, a protocol or a pattern is a name', async () => {
  const plain = fs.readFileSync(path.join(folder, 'photo.jpg'));
  for (const name of ['-i.jpg', 'http:x.jpg', 'a%25d.jpg', 'b*?.jpg', 'concat:c|d.jpg', 'new\nline.jpg']) {
    expect(await probed(bytes(name, plain), 'photo')).toMatchObject({ outcome: 'readable' });
  }
});

test('a tool stopped by its limits gives limit-exceeded, one that was aborted nothing yet', async () => {
  const what = { mediaKind: 'video' as const, sizeBytes: 1 };
  const file = path.join(folder, 'plain.mp4');
  const limits = { wallMs: 30_000, cpuSeconds: 20, addressSpaceBytes: 2 ** 32, fileBytes: 0, stdoutBytes: 10 };
  expect(await probe(file, what, signal, limits)).toMatchObject({ outcome: 'limit-exceeded', durationMs: null });
  expect(await probe(file, what, AbortSignal.abort())).toBe('later');
});

test('an answer made to overflow gives unknowns, not numbers', () => {
  const stream = { codec_type: 'video', codec_name: 'h264', width: 1e300, height: -1, avg_frame_rate: '25/0' };
  const format = { format_name: 'x'.repeat(500), duration: '9223372036854775.807000', tags: { creation_time: 'x'.repeat(61) } };
  const facts = ItemProbed.parse(factsOfProbe({ streams: Array(1000).fill(stream), format }, '', 'video'));
  expect(facts).toMatchObject({ outcome: 'damaged', damage: 'no-streams', durationMs: null, container: null, creationTime: null });
  expect(facts.streams).toHaveLength(64);
  expect(facts.streams[0]).toMatchObject({ width: null, height: null, frameRate: null });
  for (const answer of [null, 7, 'x', {}, { streams: 'x', format: [] }, { streams: [null] }]) ItemProbed.parse(factsOfProbe(answer, '', 'video'));
});
