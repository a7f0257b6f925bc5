import fs from 'node:fs';
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
