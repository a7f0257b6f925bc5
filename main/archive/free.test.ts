import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, flip, openArchiveLab } from '../../fixtures/archive-lab.ts';
import { entriesOfType, totalOf } from '../ledger/index.ts';
import { bagPath } from './forward.ts';
import { type FreeingRules, freeOriginals } from './free.ts';
import { forwardAll, reconcile } from './index.ts';

const DAY_MS = 86_400_000;
const signal = new AbortController().signal;

let lab: ArchiveLab;
let far: string;
let rules: FreeingRules;
let freeBytes: number;
beforeEach(async () => {
  lab = await openArchiveLab();
  // Another file system than the vault's.
  far = fs.mkdtempSync('/dev/shm/evidock-free-');
  rules = { days: 30, belowBytes: 0, needs: 'every-archive' };
  freeBytes = 1_000_000;
  expect(await lab.add('central', far)).toMatchObject({ ok: true, value: { sameDisk: false } });
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(far, { recursive: true });
});

const free = () => freeOriginals({ forward: lab.context, rules: () => rules, freeBytes: () => freeBytes }, signal);
const daysLater = (days: number) => {
  lab.clock.now = new Date(Date.parse(lab.clock.now) + days * DAY_MS).toISOString();
};
const held = (items: readonly string[]) => items.map((itemId) => lab.vault.holdsOriginal(itemId));
const entries = () => ['free.intended', 'free.done', 'free.refused'].map((type) => entriesOfType(lab.ledger.reader, type as 'free.done').length);
const payloadOf = (unitId: string, itemId: string) => path.join(far, bagPath(lab.context.stationId, unitId), 'data', `0001-${itemId}.mp4`);
const compare = () => reconcile(lab.context, { source: null, sourceName: null, destination: null, actor: { kind: 'system', id: 'test' } });

describe("the station's own copies", () => {
  test('go when they are old enough and the archive proves once more to hold them; what stays is known, and no loss', async () => {
    const { unitId, items } = await lab.unit([5000, 6000]);
    await forwardAll(lab.context, null);
    daysLater(29);
    expect(await free()).toBe(0);
    daysLater(1);
    const young = await lab.unit([100]);
    // Its entries say when the lab's day was; a unit that no archive has stays in any case.
    expect(await free()).toBe(2);
    expect([held(items), held(young.items)]).toEqual([[false, false], [true]]);
    expect(lab.vault.readSidecar(items[0] as string).ok).toBe(true);
    expect(entriesOfType(lab.ledger.reader, 'free.intended')[0]?.body).toMatchObject({
      unitId,
      because: 'age',
      destinationIds: [expect.any(String)],
    });
    expect(entries()).toEqual([2, 2, 0]);
    expect(totalOf(lab.ledger.reader, 'archive_totals', 'freed')).toBe(2);
    expect(await compare()).toMatchObject({ ok: true, value: { missing: 0, differs: 0, same: 1 } });
    expect(await free()).toBe(0);
    expect(entries()).toEqual([2, 2, 0]);
  });

  test('stay while any archive still lacks them, unless one elsewhere is enough', async () => {
    const { items } = await lab.unit([5000]);
    await forwardAll(lab.context, null);
    await lab.add('second', lab.far);
    daysLater(31);
    expect([await free(), held(items)]).toEqual([0, [true]]);
    rules.needs = 'one-archive';
    expect([await free(), held(items)]).toEqual([1, [false]]);
    // What comes later cannot be given what is not here any more, and says so.
    expect(await forwardAll(lab.context, 'second')).toMatchObject({ ok: true, value: [{ failures: [{ code: 'vault.item-freed' }] }] });
  });

  test('stay when the only archive that holds them is on the same disk', async () => {
    await lab.add('local', lab.far);
    const { items } = await lab.unit([5000]);
    await forwardAll(lab.context, 'local');
    daysLater(400);
    for (const needs of ['one-archive', 'every-archive'] as const) {
      rules.needs = needs;
      expect([await free(), held(items)]).toEqual([0, [true]]);
    }
  });

  test.each([
    ['lost', 'archive.item-missing', (file: string) => fs.rmSync(file)],
    ['changed', 'archive.item-differs', flip],
  ] as const)('stay when the archive %s one after its receipt, and that is said once', async (_, reason, harm) => {
    const { unitId, items } = await lab.unit([5000]);
    await forwardAll(lab.context, null);
    harm(payloadOf(unitId, items[0] as string));
    daysLater(31);
    expect([await free(), await free(), held(items)]).toEqual([0, 0, [true]]);
    expect(entriesOfType(lab.ledger.reader, 'free.refused').map((entry) => [entry.subject.id, entry.body.reason])).toEqual([[unitId, reason]]);
    expect(entries()).toEqual([0, 0, 1]);
  });

  test('go sooner when there is too little space, oldest first, only as many as that takes, and none younger than a day', async () => {
    rules = { days: 0, belowBytes: 500_000, needs: 'every-archive' };
    const [first, second] = [await lab.unit([1000]), await lab.unit([1000])];
    await forwardAll(lab.context, null);
    freeBytes = 400_000;
    expect(await free()).toBe(0);
    daysLater(1);
    freeBytes = 600_000;
    expect(await free()).toBe(0);
    let asked = 0;
    const freed = await freeOriginals({ forward: lab.context, rules: () => rules, freeBytes: () => (asked++ === 0 ? 400_000 : 600_000) }, signal);
    expect([freed, held(first.items), held(second.items)]).toEqual([1, [false], [true]]);
    expect(entriesOfType(lab.ledger.reader, 'free.intended').map((entry) => entry.body.because)).toEqual(['space']);
  });

  test('that were intended to go and did not, or went and were not recorded, are settled by looking', async () => {
    const [gone, here] = [await lab.unit([1000]), await lab.unit([2000])];
    await forwardAll(lab.context, null);
    daysLater(31);
    const stopped = { ...lab.context, vault: { ...lab.vault, freeOriginal: () => Promise.reject(new Error('killed here')) } };
    await expect(freeOriginals({ forward: stopped, rules: () => rules, freeBytes: () => 0 }, signal)).rejects.toThrow('killed here');
    expect(entries()).toEqual([1, 0, 0]);
    // Still there: compared like any other, and gone through the whole check when its turn comes again.
    expect(await compare()).toMatchObject({ ok: true, value: { missing: 0, same: 2 } });
    await lab.vault.freeOriginal(gone.items[0] as string);
    expect(await compare()).toMatchObject({ ok: true, value: { missing: 0, same: 1 } });
    expect(await free()).toBe(1);
    expect(entriesOfType(lab.ledger.reader, 'free.done').map((entry) => [entry.subject.id, entry.body.removed])).toEqual([
      [gone.items[0], false],
      [here.items[0], true],
    ]);
  });
});
