import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { DestinationRow } from '../../contract/web/archive.ts';
import { createRouter } from '../index.ts';

let lab: WebLab;
let folder: string;
let archivist: string;
beforeAll(async () => {
  lab = await openWebLab();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-destination-'));
  const client = createRouterClient(createRouter(lab.station));
  await client.archive.addDestination({ name: 'central', settings: { kind: 'folder', folder: path.join(folder, 'central') } });
  fs.renameSync(path.join(folder, 'central'), path.join(folder, 'away'));
  const card = path.join(folder, 'card');
  fs.mkdirSync(card);
  for (let n = 0; n < 7; n += 1) fs.writeFileSync(path.join(card, `${n}.jpg`), `evidence ${n}`);
  for await (const _ of await client.docking.ingest({ sources: [card], camera: null, officer: null, caseNumber: null }));
  await lab.station.idle();
  archivist = await lab.session('archivist');
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true });
});

/** Pushes, and waits for what comes of it. */
async function forward(body: object) {
  await lab.ask('/api/v1/forward', { session: archivist, body });
  await lab.station.longWork.forward.settled();
  const { json, text } = await lab.ask('/api/v1/forward', { session: archivist });
  return { reports: json.reports, text };
}

async function central() {
  const { json, text } = await lab.ask('/api/v1/destinations', { session: archivist });
  const found = (json as DestinationRow[]).find((one) => one.name === 'central');
  if (!found) throw new Error('not listed');
  return { row: found, text };
}

test('a destination that failed again and again is said to rest, until when and why, and never where it lies', async () => {
  // By itself the station waits longer after each failure; who asks is served at once.
  for (let n = 0; n < 5; n += 1) {
    const refused = await forward({ to: 'central' });
    expect(refused.reports).toMatchObject([{ forwarded: 0, waiting: 7, failures: [{ code: 'destination.unreachable', what: 'central' }] }]);
    expect(refused.text).not.toContain(folder);
  }
  const { row, text } = await central();
  expect(row).toMatchObject({ waiting: 7, breaker: { standing: 'open', reason: { code: 'destination.unreachable', what: 'central' } } });
  expect(row.breaker.failures).toBeGreaterThanOrEqual(5);
  expect(Date.parse(row.breaker.until ?? '')).toBeGreaterThan(Date.parse(lab.station.clock.now()));
  expect(text).not.toContain(folder);
});

test('one that is paused gets nothing until it is resumed, also when somebody asks; only who runs the archive may change that', async () => {
  const supervisor = await lab.session('supervisor');
  const schedule = (session: string, body: object) => lab.ask('/api/v1/destinations/central/schedule', { session, body });
  expect((await schedule(supervisor, { paused: true })).status).toBe(403);
  const caps = [{ fromHour: 22, toHour: 6, bytesPerSecond: 0 }];
  expect((await schedule(archivist, { paused: true, after: 'local', caps })).json).toEqual({
    ok: true,
    value: { paused: true, after: 'local', caps },
  });
  expect((await schedule(archivist, { after: 'central' })).json).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
  expect((await schedule(archivist, { caps: [{ fromHour: 8, toHour: 18, bytesPerSecond: 100 }] })).status).toBe(400);
  fs.renameSync(path.join(folder, 'away'), path.join(folder, 'central'));
  expect((await forward({ to: 'central' })).reports).toMatchObject([{ forwarded: 0, waiting: 7, failures: [{ code: 'destination.paused' }] }]);
  expect((await central()).row).toMatchObject({ waiting: 7, schedule: { paused: true, after: 'local', caps } });
  expect((await schedule(archivist, { paused: false, after: null, caps: [] })).json).toMatchObject({ ok: true });
});

test('who asks for it now is served now, and it rests no longer', async () => {
  expect((await forward({ to: 'central', onlyFailed: true })).reports).toMatchObject([{ failures: [] }]);
  expect((await central()).row.breaker).toEqual({ standing: 'closed', failures: 0, until: null, reason: null });
  expect((await forward({ to: null })).reports).toContainEqual(expect.objectContaining({ destination: 'central', waiting: 0 }));
});
