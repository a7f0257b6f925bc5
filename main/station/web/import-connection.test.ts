import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

let lab: WebLab;
let admin: string;
beforeAll(async () => {
  lab = await openWebLab();
  admin = await lab.session('admin');
});
afterAll(() => lab.close());

const FILE = {
  ConnectionFileVersion: '1.0',
  SiteName: 'Lab',
  ApplicationName: 'Receiver',
  ApplicationVersion: '1',
  // Nobody listens there.
  AuthenticationTokenURI: ['http://127.0.0.1:9/auth/v1.0'],
  BlobAPIKey: 'the-secret',
  BlobAPIUserName: 'station',
};
const send = (content: object, session = admin) =>
  lab.ask('/api/v1/destinations', { session, body: { name: 'vms', connection: JSON.stringify(content) } });
const keys = () => fs.readdirSync(lab.station.paths.keys).filter((name) => name.startsWith('destination-'));

test('a connection file that is wrong says which field, and neither its key nor anything of it stays', async () => {
  const { json, text } = await send({ ...FILE, BlobAPIUserName: '' });
  expect(json).toMatchObject({ ok: false, failure: { code: 'destination.connection-file-invalid', what: 'vms: BlobAPIUserName' } });
  expect(text).not.toContain('the-secret');
  expect((await send({ ...FILE, WantEncryption: true })).json).toMatchObject({ ok: false, failure: { code: 'destination.wants-encryption' } });
  expect(keys()).toEqual([]);
});

test('one whose destination does not answer adds none, and its key does not stay', async () => {
  expect((await send(FILE)).json).toMatchObject({ ok: false, failure: { code: 'destination.unreachable', what: 'vms' } });
  expect(keys()).toEqual([]);
  expect((await lab.ask('/api/v1/destinations', { session: admin })).json).toHaveLength(1);
  // Its name could lead out of the folder of keys otherwise.
  const out = await lab.ask('/api/v1/destinations', { session: admin, body: { name: '../vms', connection: JSON.stringify(FILE) } });
  expect(out.json).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
  expect(fs.readdirSync(path.dirname(lab.station.paths.keys)).filter((name) => name.includes('vms'))).toEqual([]);
});

test('only who configures the station may import one; the station log holds nothing of it', async () => {
  expect((await send(FILE, await lab.session('archivist'))).status).toBe(403);
  for (const name of fs.readdirSync(lab.station.paths.logs)) {
    expect(fs.readFileSync(path.join(lab.station.paths.logs, name), 'utf8')).not.toContain('the-secret');
  }
});
