import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, AT, flip, openArchiveLab } from '../../fixtures/archive-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { findDestination, forwardAll, queueOf, scheduleDestination, totalsOf } from './index.ts';
import { MOST_AT_ONCE, wider } from './pace.pure.ts';
import { createPaces } from './paces.ts';

/** For a machine that is busy with other things. */
const PATIENT = { timeout: 60_000 };

let lab: ArchiveLab;
let second: string;
beforeEach(async () => {
  lab = await openArchiveLab();
  second = `${lab.far}-second`;
  fs.mkdirSync(second);
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(second, { recursive: true, force: true });
  expect(lab.bugs).toEqual([]);
});

function idOf(name: string): string {
  const found = findDestination(lab.ledger, name);
  if (!found.ok) throw new Error(`${name} was not added`);
  return found.value.id;
}
const actor = { kind: 'person' as const, id: 'admin' };
const schedule = (name: string, change: Parameters<typeof scheduleDestination>[2]) =>
  scheduleDestination({ ledger: lab.ledger, now: () => lab.clock.now, actor }, name, change);
/** Units in the order in which a destination confirmed them. */
const confirmed = (name: string) =>
  entriesOfType(lab.ledger.reader, 'forward.done')
    .filter((entry) => entry.body.destinationId === idOf(name))
    .map((entry) => entry.subject.id);
const waiting = (name: string) => totalsOf(lab.ledger, idOf(name)).waiting;
async function units(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await lab.unit([100])).unitId);
  return ids;
}
async function linked(unitId: string, type: 'unit.linked' | 'unit.unlinked' = 'unit.linked') {
  const about = { subject: { kind: 'unit' as const, id: unitId }, actor, at: AT };
  await lab.ledger.append([
    type === 'unit.linked' ? { type, ...about, refs: [], body: { caseId: 'a case', stage: null } } : { type, ...about, refs: [], body: {} },
  ]);
}
/** A destination on another disk, as far as the station was told: one that may get several at once. */
async function addFar(name: string, folder: string): Promise<void> {
  const added = await lab.add(name, folder);
  if (!added.ok) throw new Error(added.failure.code);
}

describe('what goes to a destination', () => {
  test('is everything from the first recording on, by itself, also when it was added years later, while the outbox ran', async () => {
    await addFar('central', lab.far);
    const outbox = lab.outbox();
    const ids = await units(5);
    await outbox.idle();
    expect(confirmed('central')).toEqual(ids);
    await addFar('second', second);
    await outbox.idle();
    expect(confirmed('second')).toEqual(ids);
    expect(fs.readdirSync(second)).toContain(lab.context.stationId);
    expect([waiting('central'), waiting('second')]).toEqual([0, 0]);
  });

  test('goes important and linked recordings first, then oldest first; a link that is taken back puts it back in its place', async () => {
    const [oldest = '', other = '', toLink = ''] = await units(3);
    const important = (await lab.unit([100], true)).unitId;
    const unlinked = (await lab.unit([100])).unitId;
    await linked(toLink);
    await linked(unlinked);
    await linked(unlinked, 'unit.unlinked');
    await linked(important);
    await linked(important, 'unit.unlinked');
    await addFar('central', lab.far);
    const first = await lab.unit([100], true);
    expect(queueOf(lab.ledger, 10).map((row) => row.unitId)).toEqual([toLink, important, first.unitId, oldest, other, unlinked]);
    await lab.outbox().idle();
    expect(confirmed('central')).toEqual([toLink, important, first.unitId, oldest, other, unlinked]);
  });

  test('does not wait for another destination that does not answer', async () => {
    await addFar('central', lab.far);
    await addFar('second', second);
    let asked = () => {};
    const hangs = new Promise<void>((resolve) => (asked = resolve));
    const outbox = lab.outbox({
      async hashAtRest(file, signal) {
        if (file.startsWith(second)) return lab.context.hashAtRest(file, signal);
        asked();
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        return null;
      },
    });
    const ids = await units(3);
    await hangs;
    await expect.poll(() => confirmed('second'), PATIENT).toEqual(ids);
    expect(confirmed('central')).toEqual([]);
    await outbox.stop();
  });

  test('that fails by itself is left alone for longer each time, and the others go on', async () => {
    await addFar('central', lab.far);
    const { unitId, items } = await lab.unit([5000]);
    const original = lab.vault.originalPath(items[0] as string);
    if (!original.ok) throw new Error('not in the vault');
    flip(original.value);
    const outbox = lab.outbox();
    const ids = await units(2);
    await outbox.idle();
    expect(confirmed('central')).toEqual(ids);
    expect(queueOf(lab.ledger, 10)).toMatchObject([{ unitId, failure: { code: 'vault.item-differs' } }]);
    flip(original.value);
    await lab.time.pass(4_999, outbox.idle);
    expect(confirmed('central')).toEqual(ids);
    await lab.time.pass(1, outbox.idle);
    expect(confirmed('central')).toEqual([...ids, unitId]);
  });
});

test('more units go at once the longer all goes well, never more than four, and half as many after the destination failed', async () => {
  // Another file system than the vault's.
  const shared = fs.mkdtempSync('/dev/shm/evidock-outbox-');
  try {
    expect(await lab.add('central', shared)).toMatchObject({ ok: true, value: { sameDisk: false } });
    const held: (() => void)[] = [];
    let isAway = false;
    const outbox = lab.outbox({
      async hashAtRest(file, signal) {
        if (file.includes('/data/')) await new Promise<void>((resolve) => held.push(resolve));
        if (isAway) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        return signal?.aborted ? null : lab.context.hashAtRest(file, signal);
      },
    });
    await units(30);
    let width = 1;
    for (let n = 0; n < 20; n += 1) {
      await expect.poll(() => held.length, PATIENT).toBe(Math.floor(width));
      held.shift()?.();
      width = wider(width);
    }
    expect(Math.floor(width)).toBe(MOST_AT_ONCE);
    await expect.poll(() => held.length, PATIENT).toBe(MOST_AT_ONCE);
    isAway = true;
    for (const go of held.splice(0)) go();
    await outbox.idle();
    expect(entriesOfType(lab.ledger.reader, 'forward.failed')).toHaveLength(MOST_AT_ONCE);
    isAway = false;
    // Four failures: 40 s, and one at a time again.
    await lab.time.pass(39_999, outbox.idle);
    expect(held).toHaveLength(0);
    await lab.time.pass(1, () => expect.poll(() => held.length, PATIENT).toBe(lab.clock.now < '2026-03-02T06:03:52' ? 0 : 1));
    const stopping = outbox.stop();
    for (const go of held.splice(0)) go();
    await stopping;
  } finally {
    fs.rmSync(shared, { recursive: true });
  }
});

describe('destinations one after the other', () => {
  test('a second one gets a unit when the first has confirmed it, and not before', async () => {
    await addFar('central', lab.far);
    await addFar('second', second);
    expect(await schedule('second', { after: 'central' })).toMatchObject({ ok: true, value: { after: idOf('central') } });
    fs.renameSync(lab.far, `${lab.far}-away`);
    const outbox = lab.outbox();
    const ids = await units(3);
    await outbox.idle();
    expect([confirmed('second'), waiting('second')]).toEqual([[], 3]);
    expect(queueOf(lab.ledger, 10).filter((row) => row.destination === 'second')).toMatchObject(ids.map((unitId) => ({ unitId, after: 'central' })));
    fs.renameSync(`${lab.far}-away`, lab.far);
    await lab.time.pass(60_000, outbox.idle);
    expect([confirmed('central'), confirmed('second')]).toEqual([ids, ids]);
    for (const id of ids) {
      const order = entriesOfType(lab.ledger.reader, 'forward.done').filter((entry) => entry.subject.id === id);
      expect(order.map((entry) => entry.body.destinationId)).toEqual([idOf('central'), idOf('second')]);
    }
  });

  test('what the first holds already goes at once, and all of it when nothing has to be first any more', async () => {
    await addFar('central', lab.far);
    const [one = ''] = await units(1);
    await forwardAll(lab.context, 'central');
    fs.renameSync(lab.far, `${lab.far}-away`);
    const [two = ''] = await units(1);
    await addFar('second', second);
    await schedule('second', { after: 'central' });
    expect(await forwardAll(lab.context, 'second')).toMatchObject({ ok: true, value: [{ forwarded: 1, waiting: 1 }] });
    await schedule('second', { after: null });
    expect(await forwardAll(lab.context, 'second')).toMatchObject({ ok: true, value: [{ forwarded: 1, waiting: 0 }] });
    expect(confirmed('second')).toEqual([one, two]);
    fs.renameSync(`${lab.far}-away`, lab.far);
  });

  test('never wait for each other', async () => {
    await addFar('central', lab.far);
    await addFar('second', second);
    await schedule('second', { after: 'central' });
    expect(await schedule('central', { after: 'second' })).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
    expect(await schedule('central', { after: 'central' })).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
    expect(await schedule('central', { after: 'nowhere' })).toMatchObject({ ok: false, failure: { code: 'destination.unknown' } });
  });
});

describe('a destination that is paused', () => {
  test('gets nothing, by hand neither, lets go of what is under way, and goes on where it was', async () => {
    await addFar('central', lab.far);
    let hang = true;
    let asked = () => {};
    const reading = new Promise<void>((resolve) => (asked = resolve));
    const outbox = lab.outbox({
      async hashAtRest(file, signal) {
        if (hang) {
          asked();
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        }
        return signal?.aborted ? null : lab.context.hashAtRest(file, signal);
      },
    });
    const ids = await units(2);
    await reading;
    expect(await schedule('central', { paused: true })).toMatchObject({ ok: true, value: { paused: true } });
    await outbox.idle();
    hang = false;
    await units(1);
    await lab.time.pass(3_600_000, outbox.idle);
    expect(await forwardAll(lab.context, 'central')).toMatchObject({
      ok: true,
      value: [{ forwarded: 0, waiting: 3, failures: [{ code: 'destination.paused', what: 'central' }] }],
    });
    expect([confirmed('central'), entriesOfType(lab.ledger.reader, 'forward.failed')]).toEqual([[], []]);
    await schedule('central', { paused: false });
    await schedule('central', { paused: false });
    await outbox.idle();
    expect(confirmed('central').slice(0, 2)).toEqual(ids);
    expect(waiting('central')).toBe(0);
    expect(entriesOfType(lab.ledger.reader, 'destination.scheduled').map((entry) => entry.body.paused)).toEqual([true, false]);
  });
});

describe('caps by the hour', () => {
  const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`;
  /** A push whose waits take no time but let the clock go on: how long it took by that clock, ms. */
  async function pushed(): Promise<number> {
    const nowMs = () => Date.parse(lab.clock.now);
    const timer = {
      nowMs,
      async wait(ms: number) {
        lab.clock.now = new Date(nowMs() + ms).toISOString();
      },
    };
    const startedMs = nowMs();
    const paces = createPaces({ ledger: lab.ledger, timer, now: () => lab.clock.now, zone: () => 'UTC' });
    expect(await forwardAll({ ...lab.context, timer, paces }, 'central')).toMatchObject({ ok: true, value: [{ failures: [], waiting: 0 }] });
    return nowMs() - startedMs;
  }

  test('hold for what is sent and for what is read back, and only in their hours', async () => {
    await addFar('central', lab.far);
    await schedule('central', { caps: [{ fromHour: 8, toHour: 18, bytesPerSecond: 1_000_000 }] });
    lab.clock.now = at(9);
    await lab.unit([4 << 20, 4 << 20]);
    const ms = await pushed();
    // Sent at 1 MB/s but for the block that goes first; the first of both files read back is paid for by the second.
    expect(ms).toBeGreaterThan((8 << 20) / 1000 - 1049 + (4 << 20) / 1000 - 1);
    expect(ms).toBeLessThan(2 * ((8 << 20) / 1000) + 200);
    lab.clock.now = at(19);
    await lab.unit([8 << 20]);
    expect(await pushed()).toBe(0);
  });

  test('of nothing keep a destination closed until their hours are over; then it goes on by itself', async () => {
    await addFar('central', lab.far);
    await schedule('central', { caps: [{ fromHour: 8, toHour: 18, bytesPerSecond: 0 }] });
    lab.clock.now = at(17);
    const outbox = lab.outbox();
    const ids = await units(2);
    await lab.time.pass(3_600_000 - 60_000, outbox.idle);
    expect(confirmed('central')).toEqual([]);
    expect(await forwardAll(lab.context, null)).toMatchObject({ ok: true, value: [{ forwarded: 0, failures: [{ code: 'destination.off-hours' }] }] });
    await lab.time.pass(120_000, outbox.idle);
    expect(confirmed('central')).toEqual(ids);
  });
});
