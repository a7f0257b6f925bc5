import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

type Item = { id: string; role: string; sizeBytes: number; playable: string | null };

let lab: WebLab;
let unitId: string;
let item: Item;
let session: string;
const url = (what: string, id = item.id) => `/media/items/${id}/${what}`;
const range = (value: string) => ({ session, headers: { range: value } });
const views = () => lab.station.ledger.reader.prepare("SELECT count(*) AS n FROM entries WHERE type = 'item.viewed'").get() as { n: number };
const original = () => {
  const found = lab.station.vault.originalPath(item.id);
  if (!found.ok) throw new Error(found.failure.code);
  return found.value;
};

beforeAll(async () => {
  lab = await openWebLab({ docked: true });
  await lab.dockCamera({ codec: 'h265' });
  session = await lab.session('officer');
  const list = await lab.ask('/api/v1/recordings/search', { session, body: { filter: { kind: 'recording' } } });
  unitId = list.json.rows[0].id;
  item = (await lab.ask(`/api/v1/recordings/${unitId}`, { session })).json.value.items.find((one: Item) => one.role === 'clip');
}, 180_000);
afterAll(() => lab.close());

describe('before a reason was given', () => {
  test('neither original nor proxy is served, the poster is, and nothing is on the ledger', async () => {
    for (const what of ['original', 'proxy']) {
      expect((await lab.ask(url(what))).status).toBe(401);
      const answer = await lab.ask(url(what), { session });
      expect(answer.status).toBe(403);
      expect(answer.json.failure.code).toBe('session.not-allowed');
    }
    const poster = await lab.ask(url('poster'), { session });
    expect(poster.status).toBe(200);
    expect(poster.headers['content-type']).toBe('image/jpeg');
    expect(poster.bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(views().n).toBe(0);
  });

  test('an admin, who runs the station, gets no evidence even by asking for it', async () => {
    const admin = await lab.session('admin');
    expect((await lab.ask(`/api/v1/recordings/${unitId}/view`, { session: admin, body: { reason: 'case' } })).status).toBe(403);
    expect((await lab.ask(url('original'), { session: admin })).status).toBe(403);
  });
});

describe('with a reason', () => {
  beforeAll(async () => {
    const opened = await lab.ask(`/api/v1/recordings/${unitId}/view`, { session, body: { reason: '复核 A-1' } });
    const { seq } = opened.json.value;
    const entry = lab.station.ledger.reader.prepare('SELECT type, subject_id FROM entries WHERE seq = ?').get(seq);
    // The entry is there before the session can ask for a byte.
    expect(entry).toEqual({ type: 'item.viewed', subject_id: unitId });
  });

  test('the original is served byte for byte, and is not changed by it', async () => {
    const before = fs.statSync(original(), { bigint: true });
    const answer = await lab.ask(url('original'), { session });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('video/mp4');
    expect(answer.headers['accept-ranges']).toBe('bytes');
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(answer.bytes.equals(fs.readFileSync(original()))).toBe(true);
    const after = fs.statSync(original(), { bigint: true });
    expect([after.mtimeNs, after.ctimeNs, after.size, after.mode]).toEqual([before.mtimeNs, before.ctimeNs, before.size, before.mode]);
  });

  test('the proxy is a film of its own', async () => {
    const answer = await lab.ask(url('proxy'), { session });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('video/mp4');
    expect(answer.bytes.subarray(4, 8).toString()).toBe('ftyp');
    expect(item.playable).toBe('proxy');
  });

  test('only this session may play it, and only this recording', async () => {
    const other = await lab.session('officer');
    expect((await lab.ask(url('original'), { session: other })).status).toBe(403);
  });

  test('a range gives those bytes (206), one beyond the end none (416)', async () => {
    const whole = fs.readFileSync(original());
    for (const [asked, start, end] of [
      ['bytes=0-0', 0, 0],
      ['bytes=10-99', 10, 99],
      ['bytes=100-', 100, whole.length - 1],
      ['bytes=-7', whole.length - 7, whole.length - 1],
      [`bytes=${whole.length - 1}-${whole.length + 50}`, whole.length - 1, whole.length - 1],
    ] as const) {
      const answer = await lab.ask(url('original'), range(asked));
      expect(answer.status, asked).toBe(206);
      expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/${whole.length}`);
      expect(answer.headers['content-length']).toBe(String(end - start + 1));
      expect(answer.bytes.equals(whole.subarray(start, end + 1)), asked).toBe(true);
    }
    const beyond = await lab.ask(url('original'), range(`bytes=${whole.length}-`));
    expect(beyond.status).toBe(416);
    expect(beyond.headers['content-range']).toBe(`bytes */${whole.length}`);
    for (const ignored of ['bytes=9-3', 'bytes=0-1,4-5', 'lines=1-2']) {
      expect((await lab.ask(url('original'), range(ignored))).status, ignored).toBe(200);
    }
    expect((await lab.ask(url('original'), { session, headers: { range: 'bytes=0-1', 'if-range': '"x"' } })).status).toBe(200);
  });

  test('HEAD says how long it is and sends nothing', async () => {
    for (const what of ['original', 'proxy', 'poster']) {
      const whole = await lab.ask(url(what), { session });
      const head = await lab.ask(url(what), { session, method: 'HEAD', headers: { range: 'bytes=0-1' } });
      expect(head.status).toBe(200);
      expect(head.headers['content-length']).toBe(String(whole.bytes.length));
      expect(head.bytes.length).toBe(0);
    }
  });

  test('a viewer that leaves in the middle leaves no file open', async () => {
    const openOriginals = () =>
      fs.readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return fs.readlinkSync(`/proc/self/fd/${fd}`) === original();
        } catch {
          return false;
        }
      }).length;
    for (let n = 0; n < 30; n += 1) {
      const aborted = new AbortController();
      const answer = await fetch(lab.server.url + url('original'), { headers: { cookie: `evidock_session=${session}` }, signal: aborted.signal });
      expect(answer.status).toBe(200);
      aborted.abort();
    }
    await expect.poll(openOriginals, { timeout: 10_000 }).toBe(0);
  });
});

describe('an item that is not one', () => {
  test.each([
    '..%2f..%2fetc%2fpasswd',
    '%252e%252e%252fetc%252fpasswd',
    '%2fetc%2fpasswd',
    '..',
    '....//',
    'null',
    '%00',
    "' OR 1=1 --",
    '00000000-0000-7000-8000-000000000000',
  ])('%s is not found', async (id) => {
    for (const what of ['original', 'poster', 'proxy']) {
      const answer = await lab.ask(`/media/items/${id}/${what}`, { session });
      expect([400, 404], `${id} ${what}`).toContain(answer.status);
      expect(answer.json.ok).toBe(false);
      expect(answer.text).not.toContain('root:');
    }
  });

  test.each(['..%2foriginal', '..', 'item.json', '__proto__', 'constructor', 'poster%00', 'poster.jpg'])(
    '%s of an item is not found',
    async (what) => {
      expect([400, 404]).toContain((await lab.ask(url(what), { session })).status);
    },
  );
});

describe('a file that is not what it was', () => {
  test('a derivative that was deleted is not found', async () => {
    const file = path.join(lab.station.paths.derived, unitId, fileOf('proxy'));
    fs.rmSync(file);
    const answer = await lab.ask(url('proxy'), { session });
    expect(answer.status).toBe(404);
    expect(answer.json.failure.code).toBe('unit.unknown');
  });

  test('a link in the place of a derivative or an original, or of a folder above it, is not followed, and the answer says no path', async () => {
    const poster = path.join(lab.station.paths.derived, unitId, fileOf('poster'));
    fs.rmSync(poster);
    fs.symlinkSync('/etc/passwd', poster);
    const folder = path.dirname(original());
    fs.renameSync(folder, `${folder}.aside`);
    fs.symlinkSync(`${folder}.aside`, folder);
    for (const what of ['poster', 'original']) {
      const answer = await lab.ask(url(what), { session });
      expect(answer.status).toBe(404);
      expect(answer.json.failure.code).toBe('vault.unexpected');
      expect(answer.text).not.toContain(lab.station.paths.root);
      expect(answer.text).not.toContain('root:');
    }
  });
});

function fileOf(kind: string): string {
  const row = lab.station.ledger.reader.prepare('SELECT file FROM derivatives WHERE item_id = ? AND kind = ?').get(item.id, kind);
  return (row as { file: string }).file;
}
