import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchiveLab, openArchiveLab } from '../../fixtures/archive-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { bagPath } from './forward.ts';
import { hasConfirmation, totalsOf } from './index.ts';

const HOUR_MS = 3_600_000;

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
});
afterEach(async () => {
  await lab.close();
});

test('an archive that is down for a day while cameras come in: asked less and less, nothing counts as archived, and all of it is there once it answers', async () => {
  const added = await lab.add('central', lab.far);
  if (!added.ok) throw new Error(added.failure.code);
  const { id } = added.value;
  fs.renameSync(lab.far, `${lab.far}-away`);
  /** When the archive was asked for, by the lab's clock, and how many asked at the same time. */
  const asked: number[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const outbox = lab.outbox({
    connections: {
      ...lab.context.connections,
      async open(...about) {
        asked.push(Date.parse(lab.clock.now));
        atOnce += 1;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        return lab.context.connections.open(...about).finally(() => (atOnce -= 1));
      },
    },
  });
  const startedMs = Date.parse(lab.clock.now);
  const units: { unitId: string; items: string[] }[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    units.push(await lab.unit([1000, 2000]), await lab.unit([500], hour % 6 === 0));
    await lab.time.pass(HOUR_MS, outbox.idle);
    // Whoever clears cameras asks this.
    expect(units.flatMap((unit) => unit.items).filter((itemId) => hasConfirmation(lab.ledger, itemId, true))).toEqual([]);
  }
  expect(totalsOf(lab.ledger, id)).toMatchObject({ waiting: 48, receipts: 0 });
  // Five tries until the breaker opens, then after 1, 2, 4, 8, 16 and each 30 minutes; new recordings make it no more.
  const perHour = Array.from({ length: 24 }, (_, hour) => asked.filter((ms) => Math.floor((ms - startedMs) / HOUR_MS) === hour).length);
  expect(perHour[0]).toBeLessThanOrEqual(11);
  expect(perHour.slice(1).every((count) => count >= 1 && count <= 2)).toBe(true);
  expect(mostAtOnce).toBe(1);
  // The same failure is told once for each recording that met it, not each time.
  expect(entriesOfType(lab.ledger.reader, 'forward.failed').length).toBeLessThanOrEqual(48);

  fs.renameSync(`${lab.far}-away`, lab.far);
  const before = asked.length;
  await lab.time.pass(31 * 60_000, outbox.idle);
  expect(totalsOf(lab.ledger, id)).toMatchObject({ waiting: 0, receipts: 48, items: 72 });
  // One try showed how it is, then one connection for each recording and one for the ledger: nothing was asked twice.
  expect(asked.length - before).toBeLessThanOrEqual(48 + 1);
  const receipts = entriesOfType(lab.ledger.reader, 'forward.done').map((entry) => entry.subject.id);
  expect(receipts.toSorted()).toEqual(units.map((unit) => unit.unitId).toSorted());
  // Important ones first, then as they came in.
  const important = units.filter((_, n) => n % 12 === 1).map((unit) => unit.unitId);
  expect(receipts.slice(0, 4)).toEqual(important);
  const rest = units.map((unit) => unit.unitId).filter((unitId) => !important.includes(unitId));
  expect(receipts.slice(4)).toEqual(rest);
  for (const { unitId, items } of units) {
    expect(fs.readdirSync(path.join(lab.far, bagPath(lab.context.stationId, unitId), 'data'))).toHaveLength(items.length);
    expect(items.every((itemId) => hasConfirmation(lab.ledger, itemId, true))).toBe(true);
  }
  expect(fs.readdirSync(path.join(lab.far, '.incoming'))).toEqual([]);
  expect(lab.bugs).toEqual([]);
});
