import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addonHere, hasToolchain } from '../../fixtures/copy-lab.ts';
import { openStationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { LOG_NAME } from './log.ts';

let lab: Awaited<ReturnType<typeof openStationLab>>;
beforeEach(() => {
  if (hasToolchain) addonHere();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await lab.close();
});

/** What was said about the engine: by the log, the status, the ledger's start and the item of a card just ingested. */
async function said() {
  await lab.ingest(lab.card('card', { 'DCIM/clip.mp4': 'a clip' }));
  const log = fs.readFileSync(path.join(lab.station.paths.logs, LOG_NAME), 'utf8').trim().split('\n');
  const line = log.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => /engine/.test(String(msg)));
  const { station } = await lab.client.station.status();
  const { reader } = lab.station.ledger;
  const engines = [entriesOfType(reader, 'station.started').at(-1)?.body.engine, entriesOfType(reader, 'item.stored').at(-1)?.body.engine];
  return { line, engines: [...new Set([line?.['engine'], station.engine, ...engines])] };
}

test('the native engine is used where it was built, and log, status, ledger and item name it', async () => {
  lab = await openStationLab();
  const { line, engines } = await said();
  expect(engines).toEqual([expect.stringMatching(hasToolchain ? /^native-1 sources-/ : /^portable-1 /)]);
  expect(line).toMatchObject(hasToolchain ? { level: 30 } : { level: 40, because: expect.stringContaining('compiler') });
});

test('a station that copies with the portable engine says so everywhere, and why in its log', async () => {
  vi.stubEnv('EVIDOCK_ENGINE', 'portable');
  lab = await openStationLab();
  const { line, engines } = await said();
  expect(engines).toEqual([expect.stringMatching(/^portable-1 /)]);
  expect(line).toMatchObject({ level: 40, because: expect.stringContaining('EVIDOCK_ENGINE') });
});
