import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../../fixtures/station-lab.ts';
import { serveStation } from '../../station/index.ts';
import { connect } from './connect.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab({ purpose: 'station' });
});
afterEach(async () => {
  await lab.close();
});

test('a command meets a station that does not answer yet, and talks to it once it serves', async () => {
  expect(await connect(lab.data, { create: false })).toMatchObject({
    ok: false,
    failure: { code: 'data-folder.station-unreachable', what: lab.data },
  });
  const server = await lab.serve();
  const connection = await connect(lab.data, { create: false });
  if (!connection.ok) throw new Error(connection.failure.code);
  expect((await connection.value.client.station.status()).station).toMatchObject({ id: lab.station.identity.stationId, running: true });
  await connection.value.close();
  await server.close();
  expect(await connect(lab.data, { create: false })).toMatchObject({ ok: false, failure: { code: 'data-folder.station-unreachable' } });
});

test('a port that another program has is said by its number, and leaves nothing behind that pretends to serve', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  expect(await serveStation(lab.station, { port })).toMatchObject({ ok: false, failure: { code: 'station.port-taken', what: String(port) } });
  expect(await connect(lab.data, { create: false })).toMatchObject({ ok: false, failure: { code: 'data-folder.station-unreachable' } });
  other.close();
});

test('a command that needs the folder for itself is refused while a station holds it', async () => {
  expect(await lab.open()).toMatchObject({ ok: false, failure: { code: 'data-folder.held' } });
});

test('a reading command on a folder that is not there makes none', async () => {
  expect(await connect(path.join(lab.folder, 'none'), { create: false })).toMatchObject({ ok: false, failure: { code: 'data-folder.missing' } });
});
