import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MtpResponder, mtpObjects, mtpPipe, OPERATIONS, objectInfo } from '../../../../fixtures/cameras/mtp-pipe.ts';
import type { RemoteFile } from '../../../../native/index.ts';
import { done, failed, type Result } from '../../../contract/errors.ts';
import { deviceInfoIn, headerIn, numbersIn, objectInfoIn, storageInfoIn } from './containers.pure.ts';
import { openMtpObjects } from './objects.ts';
import { type BulkPipe, openMtpSession } from './session.ts';

const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.failure.code);
const bytesOf = (seed: number, length: number) => Buffer.from(Array.from({ length }, (_, n) => (n * 31 + seed) % 251));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  return result.value;
}

async function open(is: Partial<MtpResponder>) {
  const device = mtpPipe(is);
  return { ...device, ...must(await openMtpObjects(must(await openMtpSession(device.pipe)))) };
}

async function listed({ files }: Awaited<ReturnType<typeof open>>) {
  const [taken, refused]: [Record<string, number>, Record<string, string>] = [{}, {}];
  for await (const one of files.list()) {
    if ('reason' in one) refused[one.path.toString()] = `${one.reason} ${one.detail}`.trim();
    else taken[one.path.toString()] = one.sizeBytes;
  }
  return { taken, refused };
}

async function file(camera: Awaited<ReturnType<typeof open>>, path: string): Promise<RemoteFile> {
  const found = must(await camera.files.open(Buffer.from(path)));
  if (!found) throw new Error(`no ${path}`);
  return found;
}

const FILES = {
  'DCIM/100MEDIA/一.MP4': bytesOf(1, 3000),
  'DCIM/two.mp4': bytesOf(2, 500),
  'camera.ini': bytesOf(3, 20),
  'LOG/empty.log': Buffer.alloc(0),
};

test('folders and names become paths; times are told as the camera wrote them', async () => {
  const camera = await open({ objects: mtpObjects(FILES) });
  expect(await listed(camera)).toEqual({
    taken: { 'DCIM/100MEDIA/一.MP4': 3000, 'DCIM/two.mp4': 500, 'camera.ini': 20, 'LOG/empty.log': 0 },
    refused: {},
  });
  const clip = await file(camera, 'DCIM/100MEDIA/一.MP4');
  expect(clip.mtimeNs).toBe(`${Date.UTC(2026, 2, 2, 14, 3, 12)}000000`);
  expect(must(await clip.read(1000, 2000))).toEqual(FILES['DCIM/100MEDIA/一.MP4'].subarray(1000));
  expect(must(await camera.files.open(Buffer.from('DCIM/three.mp4')))).toBeNull();
  expect(await camera.space()).toEqual({ totalBytes: 64e9, freeBytes: 32e9 });
});

test('a file is found by its folders and names also before anything was listed', async () => {
  const camera = await open({ objects: mtpObjects(FILES) });
  expect((await file(camera, 'DCIM/100MEDIA/一.MP4')).sizeBytes).toBe(3000);
  for (const path of ['DCIM', 'DCIM/100MEDIA/一.MP4/more', 'nothing', 'DCIM/']) expect(must(await camera.files.open(Buffer.from(path)))).toBeNull();
});

test('what fills its last packet is read whole, whether or not an empty one follows, and whether or not the header comes alone', async () => {
  const lengths = [1, 499, 500, 501, 511, 512, 1012, 1024, 16_372, 16_384, 40_000];
  const files = Object.fromEntries(lengths.map((length) => [`${length}.bin`, bytesOf(length, length)]));
  for (const endsWithEmpty of [true, false]) {
    for (const splitsHeader of [true, false]) {
      const camera = await open({ objects: mtpObjects(files), endsWithEmpty, splitsHeader });
      expect((await listed(camera)).taken).toEqual(Object.fromEntries(lengths.map((length) => [`${length}.bin`, length])));
      for (const length of lengths) {
        expect(must(await (await file(camera, `${length}.bin`)).read(0, length))).toEqual(files[`${length}.bin`]);
      }
      expect(await camera.isAlive()).toBe(true);
    }
  }
});

test('a folder of thousands of files is listed, one by one', async () => {
  const files = Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`PHOTO/${n}.JPG`, Buffer.alloc(1)]));
  expect(Object.keys((await listed(await open({ objects: mtpObjects(files) }))).taken)).toHaveLength(8000);
});

test('of two with one name the second is refused, and so is what has no name that could be used', async () => {
  const objects = mtpObjects({ 'a.mp4': bytesOf(1, 10), 'b.mp4': bytesOf(2, 20) }).map((one) => ({ ...one, name: 'a.mp4' }));
  objects.push(
    ...mtpObjects({ x: bytesOf(3, 1) }, 0x00010001, 90).flatMap((one) =>
      ['..', '', 'a/b', 'x\ud800'].map((name, n) => ({ ...one, name, handle: 90 + n })),
    ),
  );
  const { taken, refused } = await listed(await open({ objects }));
  expect(taken).toEqual({ 'a.mp4': 10 });
  expect(refused).toEqual({
    'a.mp4': 'source.unreadable another one has the same name',
    ...Object.fromEntries(
      [0x5a, 0x5b, 0x5c, 0x5d].map((handle) => [`%000000${handle.toString(16)}`, 'source.unreadable has no name that could be used']),
    ),
  });
});

test('a folder in itself, and one that is too deep, end', async () => {
  const objects = mtpObjects({ [`${'d/'.repeat(70)}deep.mp4`]: bytesOf(1, 1), 'loop/in.mp4': bytesOf(2, 1) });
  const loop = objects.find(({ name }) => name === 'loop');
  if (!loop) throw new Error('no loop');
  // Its handle is among what it holds.
  objects.push({ ...loop, parent: loop.handle });
  const { taken, refused } = await listed(await open({ objects }));
  expect(taken).toEqual({ 'loop/in.mp4': 1 });
  expect(Object.values(refused)).toEqual(expect.arrayContaining(['source.folder-loop', 'source.too-deep']));
});

test('several storages are parts of one camera; a slot without a card is none', async () => {
  const objects = [...mtpObjects({ 'a.mp4': bytesOf(1, 1) }), ...mtpObjects({ 'a.mp4': bytesOf(2, 2) }, 0x00020001, 50)];
  const camera = await open({ objects, storages: [0x00020001, 0x00010001, 0x00030000] });
  expect(camera.parts).toEqual(['storage-00010001', 'storage-00020001']);
  expect((await listed(camera)).taken).toEqual({ 'storage-00010001/a.mp4': 1, 'storage-00020001/a.mp4': 2 });
  expect((await file(camera, 'storage-00020001/a.mp4')).sizeBytes).toBe(2);
});

test('a camera that shows nothing, or gives no parts of objects, is unreadable and says why', async () => {
  const nothing = mtpPipe({ storages: [] });
  expect(await openMtpObjects(must(await openMtpSession(nothing.pipe)))).toMatchObject({ failure: { code: 'camera.unreadable', detail: /storage/ } });
  const whole = mtpPipe({ operations: OPERATIONS.filter((one) => one !== 0x101b) });
  expect(await openMtpObjects(must(await openMtpSession(whole.pipe)))).toMatchObject({
    failure: { code: 'camera.unreadable', detail: /GetPartialObject/ },
  });
});

test('a handle is no name: when it stands for another object, nothing read of it counts and it is not removed', async () => {
  const camera = await open({ objects: mtpObjects({ 'a.mp4': bytesOf(1, 10), 'b.mp4': bytesOf(2, 10) }) });
  await listed(camera);
  const clip = await file(camera, 'a.mp4');
  const [first, second] = camera.camera.objects;
  if (!first || !second) throw new Error('no objects');
  camera.camera.objects = [{ ...second, handle: first.handle }];
  expect(code(await clip.checkUnchanged())).toBe('source.changed');
  expect(code(await clip.remove())).toBe('source.changed');
  expect(camera.asked).not.toContain(0x100b);
});

test('removed is what the camera, asked once more, does not know any more; a deletion that is only said is none', async () => {
  const camera = await open({ objects: mtpObjects(FILES) });
  await listed(camera);
  expect(code(await (await file(camera, 'camera.ini')).remove())).toBe('ok');
  expect(must(await camera.files.open(Buffer.from('camera.ini')))).toBeNull();
  expect((await listed(camera)).taken).not.toHaveProperty('camera.ini');
  const liar = await open({ objects: mtpObjects(FILES), keepsDeleted: true });
  expect(await (await file(liar, 'camera.ini')).remove()).toMatchObject({ ok: false, failure: { detail: 'said to be deleted, and still there' } });
});

test('a card that was taken out of a camera that still answers is noticed', async () => {
  const camera = await open({ objects: mtpObjects(FILES) });
  expect(await camera.isAlive()).toBe(true);
  camera.camera.storages = [];
  expect(await camera.isAlive()).toBe(false);
});

test('parts behind 4 GiB are asked for with 64 bits; a camera that cannot give them has such a file refused', async () => {
  const huge = { ...mtpObjects({ 'huge.mp4': bytesOf(1, 10) })[0], sizeBytes: 2 ** 32 + 5 } as MtpResponder['objects'][number];
  const camera = await open({
    objects: [huge],
    operations: [...OPERATIONS, 0x9803, 0x95c1],
    reads: (_, offset) => Buffer.from(String(offset).slice(-4)),
  });
  expect((await listed(camera)).taken).toEqual({ 'huge.mp4': 2 ** 32 + 5 });
  const found = await file(camera, 'huge.mp4');
  expect(must(await found.read(2 ** 32 + 1, 4)).toString()).toBe('7297');
  expect(must(await found.read(1000, 4)).toString()).toBe('1000');
  expect(camera.asked.slice(-2)).toEqual([0x95c1, 0x101b]);
  const { refused } = await listed(await open({ objects: [huge] }));
  expect(refused['%00000001']).toMatch(/^source.unreadable of 4 GiB or more/);
});

test('a piece that is shorter than asked for is no piece', async () => {
  const camera = await open({ objects: mtpObjects(FILES), reads: (_, __, piece) => piece.subarray(1) });
  expect(code(await (await file(camera, 'DCIM/two.mp4')).read(0, 500))).toBe('source.changed');
});

test('a camera that goes away ends what is under way, and is asked for nothing more', async () => {
  for (let goneAfter = 0; goneAfter < 12; goneAfter += 1) {
    const device = mtpPipe({ objects: mtpObjects(FILES), goneAfter });
    const session = await openMtpSession(device.pipe);
    const objects = session.ok ? await openMtpObjects(session.value) : session;
    if (!objects.ok) continue;
    for await (const one of objects.value.files.list()) if ('reason' in one) expect(one.reason).toBe('source.unreadable');
    expect(await objects.value.isAlive()).toBe(false);
    expect(device.asked.length).toBe(goneAfter + 1);
  }
});

test('a session that a former station left open is closed and opened anew', async () => {
  const device = mtpPipe();
  const refusesOnce = { done: false };
  const send: BulkPipe['send'] = async (bytes) => {
    const sent = await device.pipe.send(bytes);
    if (Buffer.from(bytes).readUInt16LE(6) !== 0x1002 || refusesOnce.done) return sent;
    refusesOnce.done = true;
    device.forget();
    answer = Buffer.from('0c0000000300' + '1e20' + '00000000', 'hex');
    return sent;
  };
  let answer: Buffer | null = null;
  const receive: BulkPipe['receive'] = async (lengthBytes) => {
    const own = answer;
    answer = null;
    return own ? done(own) : device.pipe.receive(lengthBytes);
  };
  expect(code(await openMtpSession({ send, receive }))).toBe('ok');
  expect(device.asked).toEqual([0x1002, 0x1003, 0x1002, 0x1001]);
});

test('datasets are read back as they were written', () => {
  const name = fc.string({ unit: 'binary', maxLength: 100 }).filter((one) => !one.includes('\0') && one.length < 200 && one !== '');
  fc.assert(
    fc.property(name, fc.integer({ min: 0, max: 2 ** 32 - 2 }), fc.boolean(), (text, sizeBytes, isFolder) => {
      const bytes = objectInfo({
        handle: 1,
        parent: 2,
        storage: 3,
        name: text,
        bytes: isFolder ? null : Buffer.alloc(0),
        modified: '20260302T140312.0+0800',
        sizeBytes,
      });
      expect(objectInfoIn(bytes)).toEqual({ isFolder, sizeBytes, name: text, mtimeNs: `${Date.UTC(2026, 2, 2, 6, 3, 12)}000000` });
    }),
  );
});

test('whatever bytes a dataset has, reading it throws nothing and makes nothing large', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const parse of [headerIn, deviceInfoIn, numbersIn, storageInfoIn, objectInfoIn]) parse(bytes);
      expect((numbersIn(bytes) ?? []).length * 4).toBeLessThanOrEqual(bytes.length);
    }),
  );
  for (const date of ['20261399T140312', '20260302', '', '20260302T140312+9999']) {
    const bytes = objectInfo({ handle: 1, parent: 2, storage: 3, name: 'a', bytes: null, modified: date });
    expect(objectInfoIn(bytes)?.mtimeNs).toBe('0');
  }
});

/** A camera that for some of what it sends sends something else: cut, longer, or with other bytes. */
const hostile = fc.infiniteStream(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(40), fc.nat(255)) },
  ),
);

test('whatever a device answers, nothing is thrown, no piece is shorter or longer than asked for, and there is an end', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.boolean(), async (answers, splitsHeader) => {
      const device = mtpPipe({ objects: mtpObjects(FILES), splitsHeader });
      let received = 0;
      const pipe: BulkPipe = {
        send: device.pipe.send,
        async receive(lengthBytes) {
          received += 1;
          const own = await device.pipe.receive(lengthBytes);
          const other = answers.next().value;
          if (!own.ok || other === null) return own;
          if (other instanceof Uint8Array) return done(other);
          const changed = Buffer.from(own.value);
          if (changed.length > 0) changed[other[0] % changed.length] = other[1];
          return done(changed);
        },
      };
      const session = await openMtpSession(pipe);
      const objects = session.ok ? await openMtpObjects(session.value) : failed('camera.no-answer', '');
      if (!objects.ok) return;
      const paths: Buffer[] = [];
      for await (const one of objects.value.files.list()) paths.push(one.path);
      for (const path of paths) {
        const found = await objects.value.files.open(path);
        if (!found.ok || !found.value || found.value.sizeBytes > 10_000) continue;
        const read = await found.value.read(0, found.value.sizeBytes);
        if (read.ok) expect(read.value.length).toBe(found.value.sizeBytes);
        await found.value.remove();
      }
      await objects.value.isAlive();
      expect(received).toBeLessThan(2000);
    }),
    { numRuns: 300 },
  );
});
