import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entriesOfType, listSealed, readSealed } from '../ledger/index.ts';
import { createRouter, openStation, rebuildStation, type Station } from './index.ts';

let lab: string;
/** An archive apart from every data folder, as a network share is. */
let nas: string;
beforeEach(() => {
  lab = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-epochs-'));
  nas = path.join(lab, 'nas');
});
afterEach(() => fs.rmSync(lab, { recursive: true }));

/** Runs a station on the data folder of that name, from start to stop in good order. */
async function during<T>(name: string, act: (station: Station, client: ReturnType<typeof clientOf>) => Promise<T>): Promise<T> {
  const opened = await openStation({ data: path.join(lab, name), purpose: 'command', create: true, docks: [], mountTrees: [], settleMs: 0 });
  if (!opened.ok) throw new Error(`${opened.failure.code}: ${opened.failure.what}: ${opened.failure.detail}`);
  try {
    return await act(opened.value, clientOf(opened.value));
  } finally {
    await opened.value.close();
  }
}
const clientOf = (station: Station) => createRouterClient(createRouter(station));
const clone = (from: string, to: string) => fs.cpSync(path.join(lab, from), path.join(lab, to), { recursive: true });
const continued = (station: Station) =>
  entriesOfType(station.ledger.reader, 'ledger.continued').map((entry) => ({ seq: entry.seq, body: entry.body }));
const segmentsAt = (stationId: string, folder: string) => listSealed(path.join(nas, stationId, folder));

/** Puts something new on the ledger and its sealed segments into the archive. */
async function work(station: Station, client: ReturnType<typeof clientOf>, clear: 'never' | 'after-stored' | 'after-confirmed'): Promise<void> {
  await client.station.setPolicy({ key: 'clear', value: clear });
  await station.ledger.seal();
  await client.archive.forward({ to: 'nas' });
}

async function verified(name: string): Promise<void> {
  await during(name, async (_, client) => {
    expect(await client.station.verify({ full: true })).toMatchObject({ violations: [] });
  });
}

async function begin(): Promise<string> {
  return during('first', async (station, client) => {
    await client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
    await work(station, client, 'never');
    return station.identity.stationId;
  });
}

test('a copy of the data folder that lags behind the archive goes on under a key and numbers of its own', async () => {
  const stationId = await begin();
  clone('first', 'copy');
  const [head, key] = await during('first', async (station, client) => {
    await work(station, client, 'after-stored');
    return [segmentsAt(stationId, 'ledger').at(-1)?.last ?? 0, station.ledger.publicKey] as const;
  });
  await during('copy', async (station, client) => {
    expect(continued(station)).toMatchObject([{ body: { epoch: 2, reason: 'behind', formerPublicKey: key, publicKey: station.ledger.publicKey } }]);
    expect(continued(station)[0]?.seq).toBeGreaterThan(head + 999_999);
    expect(station.ledger.publicKey).not.toBe(key);
    await work(station, client, 'after-confirmed');
  });
  // Its whole ledger is at the archive beside the other, and one that did not change is not continued again.
  const leaped = segmentsAt(stationId, 'ledger-2').find((one) => one.last > head + 999_999);
  expect(leaped && readSealed(leaped, null)).toMatchObject({ ok: true });
  await during('copy', async (station) => expect(continued(station)).toHaveLength(1));
  await during('first', async (station) => expect(continued(station)).toEqual([]));
  await verified('copy');
  await verified('first');
  expect(await rebuildStation(path.join(lab, 'copy'))).toMatchObject({ ok: true });
  await verified('copy');
});

test('two copies that gave the same numbers to different entries are told apart at the next start', async () => {
  const stationId = await begin();
  clone('first', 'copy');
  await during('first', (station, client) => work(station, client, 'after-stored'));
  fs.renameSync(nas, `${nas}-away`);
  await during('copy', async (station, client) => {
    for (const value of ['after-confirmed', 'never', 'after-stored'] as const) await client.station.setPolicy({ key: 'clear', value });
    expect(continued(station)).toEqual([]);
  });
  fs.renameSync(`${nas}-away`, nas);
  await during('copy', async (station, client) => {
    expect(continued(station)).toMatchObject([{ body: { epoch: 2, reason: 'forked' } }]);
    await work(station, client, 'never');
    expect(segmentsAt(stationId, 'ledger-2').at(-1)?.last).toBeGreaterThan(1_000_000);
  });
  await verified('copy');
  await verified('first');
});

test('a third copy takes no life that the archive has seen already', async () => {
  await begin();
  clone('first', 'second');
  clone('first', 'third');
  await during('first', (station, client) => work(station, client, 'after-stored'));
  await during('second', (station, client) => work(station, client, 'after-stored'));
  fs.rmSync(path.join(lab, 'third', 'keys'), { recursive: true });
  await during('third', async (station, client) => {
    // Without its keys it does not know where its archives are.
    expect(continued(station)).toMatchObject([{ body: { epoch: 2, reason: 'key-lost' } }]);
    await client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  });
  await during('third', async (station, client) => {
    expect(continued(station)).toMatchObject([{ body: { epoch: 2 } }, { body: { epoch: 3 } }]);
    await work(station, client, 'never');
    expect(fs.readdirSync(path.join(nas, station.identity.stationId))).toEqual(expect.arrayContaining(['ledger', 'ledger-2', 'ledger-3']));
  });
  await verified('third');
});

test('segments at an archive that somebody changed move no station', async () => {
  const stationId = await begin();
  clone('first', 'copy');
  await during('first', (station, client) => work(station, client, 'after-stored'));
  for (const { file } of segmentsAt(stationId, 'ledger')) {
    fs.chmodSync(file, 0o600);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('ledger.opened', 'ledger.0pened').replace('"closingHash":"', '"closingHash":"0'));
  }
  await during('copy', async (station) => expect(continued(station)).toEqual([]));
});
