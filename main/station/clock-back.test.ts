import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType, type Ledger, verifyLedger } from '../ledger/index.ts';

const HOUR = 3_600_000;
const THURSDAY = Date.parse('2026-03-05T08:00:00.000Z');
const MONDAY = THURSDAY - 72 * HOUR;

let lab: StationLab;
let nowMs: number;
let card: string;
const clip = (n: number) => `DCIM/C370042_012345_2026030214031${n}_000${n}.MP4`;
beforeEach(async () => {
  nowMs = THURSDAY;
  lab = await openStationLab({ nowMs: () => nowMs });
  await lab.client.station.setPolicy({ key: 'clear-accepts-local', value: true });
  await lab.client.station.confirmClock();
  card = lab.card('card', { [clip(1)]: 'recorded on Thursday' });
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, safe: true }]);
});
afterEach(async () => {
  await lab.close();
});

const times = ({ reader }: Ledger) =>
  reader.prepare("SELECT seq, json_extract(canonical, '$.at') AS at FROM entries ORDER BY seq").all() as { seq: number; at: string }[];
const deadlines = () => entriesOfType(lab.station.ledger.reader, 'deadline.settled').map(({ body }) => body);
const onCard = () => fs.readdirSync(path.join(card, 'DCIM')).length;

/** The station starts again with its clock set back three days, and the same camera comes with one file more. */
async function dockAgainOnMonday(clockConfirmed: boolean) {
  await lab.stop();
  nowMs = MONDAY;
  await lab.start();
  if (clockConfirmed) await lab.client.station.confirmClock();
  nowMs += 60_000;
  lab.card('card', { [clip(2)]: 'recorded later' });
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, seenAgain: 1, safe: true }]);
}

test('after the clock went back three days no deadline is called kept or missed, nothing is deleted early, and the ledger keeps its order', async () => {
  const before = times(lab.station.ledger).length;
  await dockAgainOnMonday(true);
  expect(deadlines().at(-1)).toMatchObject({
    outcome: 'undetermined',
    basis: 'clock-went-back',
    earliest: new Date(THURSDAY).toISOString(),
    latest: new Date(MONDAY + 60_000).toISOString(),
  });
  expect(onCard()).toBe(2);
  expect(entriesOfType(lab.station.ledger.reader, 'clear.intended')).toEqual([]);

  const entries = times(lab.station.ledger);
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, n) => n + 1));
  expect(Math.max(...entries.slice(before).map((entry) => Date.parse(entry.at)))).toBeLessThan(THURSDAY);
  expect(verifyLedger(lab.station.paths.ledger, lab.station.ledger.reader).violations).toEqual([]);

  expect(await lab.client.archive.forward({ to: null })).toMatchObject({ ok: true, value: [{ waiting: 0, failures: [] }] });
  await lab.ingest(card);
  expect(onCard()).toBe(0);
});

test('a confirmation from the future counts for nothing: the clock is unchecked', async () => {
  await dockAgainOnMonday(false);
  expect((await lab.client.station.status()).station.clock).toBe('station-unchecked');
  expect(deadlines().at(-1)).toMatchObject({ outcome: 'undetermined', basis: 'clock-unchecked' });
});
