import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, AT, flip, openArchiveLab, withFailingDisk } from '../../fixtures/archive-lab.ts';
import type { Closing } from '../ledger/index.ts';
import { entriesOfType, hashCanonical, verifyInclusion } from '../ledger/index.ts';
import { bagPath } from './forward.ts';
import { findDestination, forwardAll, hasConfirmation, queueOf, testDestination } from './index.ts';

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
});
afterEach(async () => {
  await lab.close();
});

const bagOf = (unitId: string) => path.join(lab.far, bagPath(lab.context.stationId, unitId));

async function forwardOne(to = 'central') {
  const result = await forwardAll(lab.context, to);
  if (!result.ok || !result.value[0]) throw new Error(JSON.stringify(result));
  return result.value[0];
}

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

const listed = (bag: string, manifest: string) =>
  fs
    .readFileSync(path.join(bag, manifest), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66))
    .sort();

describe('a bag at a destination', () => {
  test('is one any BagIt validator accepts, complete and valid', async () => {
    await lab.add('central', lab.far);
    const { unitId } = await lab.unit([10_000, 3_000_000, 0]);
    expect(await forwardOne()).toMatchObject({ forwarded: 1, items: 3, bytes: 3_010_000, waiting: 0, failures: [] });
    const bag = bagOf(unitId);
    for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
      execFileSync('sha256sum', ['--strict', '--quiet', '-c', manifest], { cwd: bag });
    }
    expect(fs.readFileSync(path.join(bag, 'bagit.txt'), 'utf8')).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    const all = filesIn(bag);
    expect(listed(bag, 'manifest-sha256.txt')).toEqual(all.filter((file) => file.startsWith('data/')));
    expect(listed(bag, 'tagmanifest-sha256.txt')).toEqual(all.filter((file) => !file.startsWith('data/') && file !== 'tagmanifest-sha256.txt'));
    const info = fs.readFileSync(path.join(bag, 'bag-info.txt'), 'utf8');
    expect(info).toContain('Payload-Oxum: 3010000.3\n');
    expect(info).toContain(`External-Identifier: ${unitId}\n`);
    expect(all.every((file) => /^[\x21-\x7e]+$/.test(file))).toBe(true);
  });

  test('carries custody whose every entry leads to a root its station signed, and stops at the closing', async () => {
    await lab.add('central', lab.far);
    const { unitId } = await lab.unit([100, 200]);
    await forwardOne();
    const read = (name: string) =>
      fs
        .readFileSync(path.join(bagOf(unitId), 'evidock', name), 'utf8')
        .trimEnd()
        .split('\n');
    const closings = read('segments.jsonl').map((line) => (JSON.parse(line) as { closing: Closing }).closing);
    const types = read('custody.jsonl').map((line) => {
      const { entry, hash, proof } = JSON.parse(line) as {
        entry: { type: string };
        hash: string;
        proof: { first: number; last: number; index: number; size: number; path: string[] };
      };
      const canonical = line.slice('{"entry":'.length, line.indexOf(`,"hash":"${hash}"`));
      expect(hashCanonical(canonical)).toBe(hash);
      const closing = closings.find((one) => one.first === proof.first);
      expect(closing && verifyInclusion(hash, proof.index, proof.size, proof.path, closing.merkleRoot)).toBe(true);
      return entry.type;
    });
    expect(types.sort()).toEqual(['item.stored', 'item.stored', 'unit.closed']);
  });

  test('holds the ledger segments and the public key beside it', async () => {
    await lab.add('central', lab.far);
    await lab.unit([100]);
    await forwardOne();
    const station = path.join(lab.far, lab.context.stationId);
    const segments = filesIn(path.join(station, 'ledger'));
    expect(segments.length).toBeGreaterThan(0);
    for (const name of segments) {
      expect(fs.readFileSync(path.join(station, 'ledger', name))).toEqual(fs.readFileSync(path.join(lab.paths.ledger, name)));
    }
    expect(JSON.parse(fs.readFileSync(path.join(station, 'station-key.json'), 'utf8'))).toMatchObject({ publicKey: lab.ledger.publicKey });
  });
});

describe('forwarding goes on after a stop', () => {
  test('a half bag below .incoming is finished, and its good files are kept', async () => {
    await lab.add('central', lab.far);
    const { unitId, items } = await lab.unit([5000, 6000]);
    const data = path.join(lab.far, '.incoming', unitId, 'data');
    fs.mkdirSync(data, { recursive: true });
    const whole = lab.vault.originalPath(items[0] as string);
    const cut = lab.vault.originalPath(items[1] as string);
    if (!whole.ok || !cut.ok) throw new Error('not in the vault');
    const kept = path.join(data, `0001-${items[0]}.mp4`);
    fs.copyFileSync(whole.value, kept);
    const { ino } = fs.statSync(kept);
    fs.writeFileSync(path.join(data, `0002-${items[1]}.mp4`), fs.readFileSync(cut.value).subarray(0, 2500));
    expect(await forwardOne()).toMatchObject({ forwarded: 1, failures: [] });
    expect(fs.statSync(path.join(bagOf(unitId), 'data', path.basename(kept))).ino).toBe(ino);
    expect(fs.readdirSync(path.join(lab.far, '.incoming'))).toEqual([]);
  });

  test('a bag that got its name but no receipt is read in full and adopted', async () => {
    await lab.add('central', lab.far);
    const { unitId } = await lab.unit([5000]);
    await forwardOne();
    fs.mkdirSync(`${lab.far}-second`);
    fs.cpSync(lab.far, `${lab.far}-second`, { recursive: true });
    fs.writeFileSync(path.join(`${lab.far}-second`, '.evidock-destination.json'), JSON.stringify({ format: 1, id: randomUUID() }));
    await lab.add('second', `${lab.far}-second`);
    const before = fs.statSync(path.join(`${lab.far}-second`, bagPath(lab.context.stationId, unitId))).ino;
    expect(await forwardOne('second')).toMatchObject({ forwarded: 1, failures: [] });
    expect(fs.statSync(path.join(`${lab.far}-second`, bagPath(lab.context.stationId, unitId))).ino).toBe(before);
    fs.rmSync(`${lab.far}-second`, { recursive: true });
  });

  test('a bag in its place that is another one gets no receipt and is not overwritten', async () => {
    await lab.add('central', lab.far);
    const { unitId, items } = await lab.unit([5000]);
    await forwardOne();
    const foreign = bagOf(unitId);
    fs.mkdirSync(`${lab.far}-second`);
    await lab.add('second', `${lab.far}-second`);
    const there = path.join(`${lab.far}-second`, bagPath(lab.context.stationId, unitId));
    fs.cpSync(foreign, there, { recursive: true });
    const payload = path.join(there, 'data', `0001-${items[0]}.mp4`);
    flip(payload);
    const flipped = fs.readFileSync(payload);
    const report = await forwardOne('second');
    expect(report.forwarded).toBe(0);
    expect(report.failures.map((failure) => failure.code)).toEqual([expect.stringMatching(/^destination\.(conflict|read-back-differs)$/)]);
    expect(fs.readFileSync(payload)).toEqual(flipped);
    fs.rmSync(`${lab.far}-second`, { recursive: true });
  });

  test('doing it again forwards nothing and writes nothing', async () => {
    await lab.add('central', lab.far);
    await lab.unit([100]);
    await forwardOne();
    expect(await forwardOne()).toMatchObject({ forwarded: 0, waiting: 0, failures: [] });
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(1);
  });

  test('stage and command at the same time make one bag, one receipt, no failure', async () => {
    await lab.add('central', lab.far);
    for (let n = 0; n < 4; n += 1) await lab.unit([2_000_000, 2_000_000]);
    const running = lab.outbox();
    const [first, second] = await Promise.all([forwardOne(), forwardOne()]);
    await running.idle();
    await running.stop();
    expect(lab.bugs).toEqual([]);
    expect([...first.failures, ...second.failures]).toEqual([]);
    expect(entriesOfType(lab.ledger.reader, 'forward.failed')).toEqual([]);
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(4);
  });
});

describe('a destination in trouble', () => {
  test('whose identity was swapped gets nothing written', async () => {
    await lab.add('central', lab.far);
    await lab.unit([100]);
    fs.writeFileSync(path.join(lab.far, '.evidock-destination.json'), JSON.stringify({ format: 1, id: randomUUID() }));
    expect((await forwardOne()).failures.map((failure) => failure.code)).toContain('destination.identity-differs');
    expect(fs.readdirSync(lab.far)).toEqual(['.evidock-destination.json']);
  });

  test('that is not mounted waits; the failure is recorded once, not each time; once back it goes on', async () => {
    await lab.add('central', lab.far);
    const { items } = await lab.unit([100]);
    fs.renameSync(lab.far, `${lab.far}-away`);
    for (let n = 0; n < 5; n += 1) expect((await forwardOne()).failures[0]?.code).toBe('destination.unreachable');
    expect(fs.existsSync(lab.far)).toBe(false);
    expect(entriesOfType(lab.ledger.reader, 'forward.failed')).toHaveLength(1);
    expect(hasConfirmation(lab.ledger, items[0] as string, true)).toBe(false);
    expect(queueOf(lab.ledger, 10)).toMatchObject([{ destination: 'central', failure: { code: 'destination.unreachable' } }]);
    expect(queueOf(lab.ledger, 0)).toEqual([]);
    fs.renameSync(`${lab.far}-away`, lab.far);
    expect(await forwardOne()).toMatchObject({ forwarded: 1, failures: [] });
    expect(queueOf(lab.ledger, 10)).toEqual([]);
  });

  test('that is full says so, gives no receipt, and goes on once there is room', async () => {
    const small = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      expect(await lab.add('small', small)).toMatchObject({ ok: true, value: { sameDisk: false } });
      const { items } = await lab.unit([3_000_000]);
      expect((await forwardOne('small')).failures[0]?.code).toBe('destination.full');
      expect(hasConfirmation(lab.ledger, items[0] as string, true)).toBe(false);
      execFileSync('mount', ['-o', 'remount,size=8m', small]);
      expect(await forwardOne('small')).toMatchObject({ forwarded: 1, failures: [] });
      expect(hasConfirmation(lab.ledger, items[0] as string, false)).toBe(true);
    } finally {
      spawnSync('umount', [small]);
      fs.rmdirSync(small);
    }
  });

  test("on the vault's own disk confirms only where that is accepted", async () => {
    await lab.add('central', lab.far);
    const { items } = await lab.unit([100]);
    await forwardOne();
    expect(hasConfirmation(lab.ledger, items[0] as string, false)).toBe(false);
    expect(hasConfirmation(lab.ledger, items[0] as string, true)).toBe(true);
  });

  test('never sees an original that changed in the vault', async () => {
    await lab.add('central', lab.far);
    const { unitId, items } = await lab.unit([5000]);
    const original = lab.vault.originalPath(items[0] as string);
    if (!original.ok) throw new Error('not in the vault');
    flip(original.value);
    expect((await forwardOne()).failures[0]?.code).toBe('vault.item-differs');
    expect(fs.existsSync(bagOf(unitId))).toBe(false);
  });

  test.each([/\/data\//, /custody\.jsonl$/])('whose disk loses a bit of %s gives no receipt', async (losing) => {
    await lab.add('central', lab.far);
    const { items } = await lab.unit([5000]);
    const result = await forwardAll(withFailingDisk(lab, losing), 'central');
    expect(result).toMatchObject({ ok: true, value: [{ forwarded: 0, waiting: 1, failures: [{ code: 'destination.read-back-differs' }] }] });
    expect(hasConfirmation(lab.ledger, items[0] as string, true)).toBe(false);
  });

  test('is not blamed for an original that is gone from the vault', async () => {
    await lab.add('central', lab.far);
    const { items } = await lab.unit([5000]);
    const original = lab.vault.originalPath(items[0] as string);
    if (!original.ok) throw new Error('not in the vault');
    fs.rmSync(original.value);
    expect((await forwardOne()).failures[0]?.code).toBe('vault.item-missing');
  });

  test('with the longest name it may have takes units all the same', async () => {
    const name = `d${'x'.repeat(39)}`;
    const added = await lab.add(name, lab.far);
    if (!added.ok) return expect(added.failure.code).toBe('usage.invalid');
    await lab.unit([100]);
    expect(await forwardOne(name)).toMatchObject({ forwarded: 1, failures: [] });
  });

  test('can be tested: the probe leaves nothing behind', async () => {
    await lab.add('central', lab.far);
    expect(await testDestination(lab.context, 'central')).toMatchObject({ ok: true, value: { name: 'central' } });
    expect(fs.readdirSync(lab.far)).toEqual(['.evidock-destination.json']);
    expect(await testDestination(lab.context, 'nowhere')).toMatchObject({ ok: false, failure: { code: 'destination.unknown' } });
  });
});

describe('a destination that fails by itself, again and again', () => {
  const minutesLater = (minutes: number) => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
  /** The outbox begun anew, for so long. */
  async function round(passMs = 5 * 60_000) {
    const outbox = lab.outbox();
    await lab.time.pass(passMs, outbox.idle);
    await outbox.stop();
  }
  const standing = () => lab.context.breakers.of(idOf('central'));
  function idOf(name: string): string {
    const found = findDestination(lab.ledger, name);
    if (!found.ok) throw new Error('not added');
    return found.value.id;
  }

  test('is left alone after the fifth failure, gets one try when the rest is over, and is used again once that try went well', async () => {
    await lab.add('central', lab.far);
    for (let n = 0; n < 7; n += 1) await lab.unit([100]);
    fs.renameSync(lab.far, `${lab.far}-away`);
    const outbox = lab.outbox();
    const pass = (ms: number) => lab.time.pass(ms, outbox.idle);
    // 5, 10, 20 and 40 s after the failures before.
    await pass(74_999);
    expect(standing()).toMatchObject({ standing: 'closed', failures: 4 });
    await pass(1);
    const fifth = Date.parse(AT) + 75_000;
    expect(standing()).toMatchObject({ standing: 'open', failures: 5, reason: 'destination.unreachable', untilMs: fifth + 60_000 });
    // One unit was tried, the others were not begun: they would have met the same.
    expect(entriesOfType(lab.ledger.reader, 'forward.intended')).toHaveLength(1);
    await pass(59_999);
    expect(standing().failures).toBe(5);
    await pass(80_000);
    expect(standing()).toMatchObject({ standing: 'open', failures: 6 });
    fs.renameSync(`${lab.far}-away`, lab.far);
    await pass(30_000);
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(0);
    await pass(120_000);
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(7);
    expect(standing()).toEqual({ standing: 'closed', failures: 0, untilMs: null, reason: null });
    expect(lab.bugs).toEqual([]);
  });

  test('is tried by one alone: while that try is under way everyone else waits', async () => {
    await lab.add('central', lab.far);
    for (let n = 0; n < 5; n += 1) await lab.unit([100]);
    fs.renameSync(lab.far, `${lab.far}-away`);
    await round(75_000);
    fs.renameSync(`${lab.far}-away`, lab.far);
    lab.clock.now = minutesLater(3);
    expect(lab.context.breakers.mayTry(idOf('central'))).toBe(true);
    expect(lab.context.breakers.mayTry(idOf('central'))).toBe(false);
    // That try never came back: the next is due when another rest is over.
    lab.clock.now = minutesLater(5);
    expect(standing()).toMatchObject({ standing: 'half-open', failures: 5 });
  });

  test('does not hold up another destination', async () => {
    await lab.add('central', lab.far);
    await lab.add('second', `${lab.far}-second`);
    for (let n = 0; n < 6; n += 1) await lab.unit([100]);
    fs.renameSync(lab.far, `${lab.far}-away`);
    await round(75_000);
    fs.renameSync(`${lab.far}-away`, lab.far);
    fs.rmSync(`${lab.far}-second`, { recursive: true });
    expect(standing().standing).toBe('open');
    const held = lab.ledger.reader.prepare('SELECT count(*) AS n FROM receipts WHERE destination_id = ?');
    expect(held.get(idOf('second'))).toEqual({ n: 6 });
  });

  test('is asked all the same when somebody asks for it', async () => {
    await lab.add('central', lab.far);
    for (let n = 0; n < 6; n += 1) await lab.unit([100]);
    fs.renameSync(lab.far, `${lab.far}-away`);
    await round(75_000);
    expect((await forwardOne()).failures).toHaveLength(1);
    expect(standing()).toMatchObject({ standing: 'open', failures: 6 });
    fs.renameSync(`${lab.far}-away`, lab.far);
    expect(await forwardOne()).toMatchObject({ forwarded: 6, waiting: 0 });
    expect(standing().standing).toBe('closed');
  });

  test('is not blamed for bags that can not be written while others can', async () => {
    await lab.add('central', lab.far);
    const bad = [];
    for (let n = 0; n < 6; n += 1) bad.push(await lab.unit([100]));
    // A file where the bag's folder would be built aside.
    fs.mkdirSync(path.join(lab.far, '.incoming'));
    for (const { unitId } of bad) fs.writeFileSync(path.join(lab.far, '.incoming', unitId), 'in the way');
    await round();
    expect(new Set(queueOf(lab.ledger, 10).map((row) => row.failure?.code))).toEqual(new Set(['destination.write-failed']));
    expect(standing()).toMatchObject({ standing: 'closed', failures: 0 });
    await lab.unit([100]);
    await round();
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(1);
  });
});

test('only what failed is tried again when that is asked for; the queue says the newest reason', async () => {
  await lab.add('central', lab.far);
  const { unitId, items } = await lab.unit([5000]);
  const original = lab.vault.originalPath(items[0] as string);
  if (!original.ok) throw new Error('not in the vault');
  flip(original.value);
  await forwardOne();
  fs.renameSync(lab.far, `${lab.far}-away`);
  await forwardOne();
  fs.renameSync(`${lab.far}-away`, lab.far);
  expect(queueOf(lab.ledger, 10)).toMatchObject([{ unitId, attempts: 2, failure: { code: 'destination.unreachable' } }]);
  flip(original.value);
  await lab.unit([100]);
  const retried = await forwardAll(lab.context, 'central', true);
  expect(retried).toMatchObject({ ok: true, value: [{ forwarded: 1, waiting: 1, failures: [] }] });
});

describe('a push that is stopped', () => {
  /** Three recordings due, and a push of them that is stopped as soon as the disk is asked for the given file of the second. */
  async function stoppedAt(moment: RegExp | null) {
    await lab.add('central', lab.far);
    const units = [await lab.unit([100]), await lab.unit([3_000_000]), await lab.unit([100])];
    const stop = new AbortController();
    const told: number[] = [];
    const second = units[1]?.unitId ?? '';
    const context = {
      ...lab.context,
      async hashAtRest(file: string, signal?: AbortSignal) {
        if (moment?.test(file) && file.includes(second)) stop.abort();
        return signal?.aborted ? null : lab.context.hashAtRest(file, signal);
      },
    };
    const watch = {
      signal: stop.signal,
      onProgress({ items, ofItems }: { items: number; ofItems: number | null }) {
        told.push(items);
        expect(ofItems).toBe(3);
        if (moment === null && items === 1) stop.abort();
      },
    };
    const result = await forwardAll(context, 'central', false, watch);
    return { result, told, second, third: units[2]?.unitId ?? '' };
  }

  test.each([
    ['before it writes', null],
    ['as it reads a tag file back', /custody\.jsonl$/],
    ['as it reads an original back', /\/data\//],
  ])('%s says how many went, blames nobody, and goes on later where it was', async (_, moment) => {
    const { result, told, second, third } = await stoppedAt(moment);
    expect(told).toEqual([0, 1]);
    expect(result).toMatchObject({ ok: true, value: [{ forwarded: 1, waiting: 2, stopped: true, failures: [] }] });
    expect(entriesOfType(lab.ledger.reader, 'forward.failed')).toEqual([]);
    expect(queueOf(lab.ledger, 10)).toMatchObject([
      { unitId: second, attempts: 0 },
      { unitId: third, attempts: 0 },
    ]);
    expect(fs.existsSync(bagOf(third))).toBe(false);
    expect(await forwardOne()).toMatchObject({ forwarded: 2, waiting: 0, failures: [], stopped: false });
    expect(entriesOfType(lab.ledger.reader, 'forward.done')).toHaveLength(3);
    for (const unitId of [second, third]) execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'manifest-sha256.txt'], { cwd: bagOf(unitId) });
    expect(fs.readdirSync(path.join(lab.far, '.incoming'))).toEqual([]);
  });
});

test('the outbox lets go of a recording in the middle when it is stopped, also one that somebody else pushes', async () => {
  await lab.add('central', lab.far);
  await lab.unit([100]);
  const asked: string[] = [];
  let hang = true;
  const context = {
    ...lab.context,
    async hashAtRest(file: string, signal?: AbortSignal) {
      asked.push(file);
      if (hang && signal) await once(signal, 'abort');
      return signal?.aborted ? null : lab.context.hashAtRest(file, signal);
    },
  };
  const first = lab.outbox(context);
  await expect.poll(() => asked.length).toBe(1);
  const waits = new AbortController();
  const pushed = forwardAll(context, 'central', false, { signal: waits.signal, onProgress() {} });
  waits.abort();
  expect(await pushed).toMatchObject({ ok: true, value: [{ stopped: true, forwarded: 0, waiting: 1 }] });
  await first.stop();
  expect([lab.bugs, entriesOfType(lab.ledger.reader, 'forward.failed')]).toEqual([[], []]);
  hang = false;
  expect(await forwardOne()).toMatchObject({ forwarded: 1, waiting: 0, failures: [] });
});
