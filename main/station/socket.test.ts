import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Agent } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, openWebLab, type WebLab } from '../../fixtures/web-lab.ts';
import { serveStation } from './index.ts';

let lab: WebLab;
let agent: Agent;
beforeAll(async () => {
  lab = await openWebLab();
  agent = new Agent({ connect: { socketPath: lab.server.socket } });
});
afterAll(async () => {
  await agent.close();
  await lab.close();
});

test('the private socket serves the web interface to the desktop window, under its own name and origin alone', async () => {
  const headers = { origin: 'station://app', 'sec-fetch-site': 'same-origin' };
  const answer = await ask(agent, 'http://station/api/v1/session', { headers });
  expect(answer.status).toBe(200);
  expect(answer.json.stationCode).toBe(lab.station.identity.stationCode);
  const session = await lab.session('supervisor');
  expect((await ask(agent, 'http://station/api/v1/status', { headers, session })).json.station.running).toBe(true);
  expect((await ask(agent, 'http://evil.example/api/v1/session', {})).status).toBe(421);
  expect((await ask(agent, 'http://station/api/v1/session', { headers: { origin: 'http://evil.example' } })).status).toBe(403);
});

test('commands are served there, to its owner alone, and never over TCP', async () => {
  expect(fs.statSync(lab.server.socket).mode & 0o777).toBe(0o600);
  const found = await ask(agent, 'http://station/rpc/station/status', { body: {} });
  expect(found.status).toBe(200);
  expect((await lab.ask('/rpc/station/status', { body: {} })).status).toBe(404);
  expect((await ask(agent, 'http://station/rpc/nothing', { body: {} })).json.failure.code).toBe('request.refused');
});

test('a port that is taken is said to be, and the station that has it goes on', async () => {
  const other = await openWebLab();
  const second = await serveStation(other.station, { port: lab.port });
  expect(second).toMatchObject({ ok: false, failure: { code: 'station.port-taken', what: String(lab.port) } });
  await other.close();
  expect((await lab.ask('/health')).status).toBe(200);
});

test('the socket for the group serves the web interface to it, no commands, and is never taken from a station that answers', async () => {
  const other = await openWebLab();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-run-'));
  const sharedSocket = path.join(folder, 'station.sock');
  // What a killed station left behind.
  const dead = net.createServer().listen(path.join(folder, 'dead'));
  await once(dead, 'listening');
  fs.renameSync(path.join(folder, 'dead'), sharedSocket);
  await new Promise((resolve) => dead.close(resolve));
  const served = await serveStation(other.station, { port: 0, sharedSocket });
  if (!served.ok) throw new Error(served.failure.code);
  expect(fs.statSync(sharedSocket).mode & 0o777).toBe(0o660);
  const group = new Agent({ connect: { socketPath: sharedSocket } });
  const session = await other.session('supervisor');
  expect((await ask(group, 'http://station/api/v1/status', { session })).json.station.running).toBe(true);
  expect((await ask(group, 'http://station/api/v1/status', {})).status).toBe(401);
  expect((await ask(group, 'http://station/rpc/station/status', { body: {} })).status).toBe(404);
  expect((await ask(group, 'http://evil.example/api/v1/session', {})).status).toBe(421);
  const refused = { ok: false, failure: { code: 'station.socket-taken', what: sharedSocket } };
  expect(await serveStation(lab.station, { port: 0, sharedSocket })).toMatchObject(refused);
  expect((await ask(group, 'http://station/health', {})).status).toBe(200);
  await group.close();
  await served.value.close();
  expect(fs.readdirSync(folder)).toEqual([]);
  await other.close();
  fs.rmdirSync(folder);
});

test('a socket in a folder that is not there is said by its path', async () => {
  const other = await openWebLab();
  const sharedSocket = path.join(os.tmpdir(), 'evidock-none', 'station.sock');
  const refused = { ok: false, failure: { code: 'station.socket-taken', what: sharedSocket } };
  expect(await serveStation(other.station, { port: 0, sharedSocket })).toMatchObject(refused);
  await other.close();
});
