import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../fixtures/e2e/evidock.ts';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import { addDestination, UNWATCHED } from '../../archive/index.ts';
import type { Progress } from '../../contract/long-run.ts';
import { entriesOfType } from '../../ledger/index.ts';
import { verifyAndRecord } from '../admin-acts.ts';
import { createRouter } from '../index.ts';
import { setPolicy } from '../policy.ts';

const actor = { kind: 'cli' as const, id: 'test' };
let lab: WebLab;
let folder: string;
let archivist: string;
let colleague: string;
beforeAll(async () => {
  lab = await openWebLab();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-long-'));
  const card = path.join(folder, 'card');
  fs.mkdirSync(card);
  for (const n of [1, 2, 3]) fs.writeFileSync(path.join(card, `${n}.mp4`), `evidence ${n}`);
  for await (const _ of await commands().docking.ingest({ sources: [card], camera: null, officer: null, caseNumber: null }));
  const far = path.join(folder, 'far');
  fs.mkdirSync(far);
  const { ledger, clock, vault, work } = lab.station;
  await addDestination({ ledger, now: clock.now, actor, work, vaultRoot: vault.root }, 'far', { kind: 'folder', folder: far });
  await lab.station.idle();
  archivist = await lab.session('archivist');
  colleague = await lab.session('archivist');
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true });
});

const commands = () => createRouterClient(createRouter(lab.station));
const seen = async (session = colleague) => (await lab.ask('/api/v1/reconcile', { session })).json;
const start = (to: string, session = archivist) => lab.ask('/api/v1/reconcile', { session, body: { to } });
const reconciled = () => entriesOfType(lab.station.ledger.reader, 'reconciliation.done').length;

describe('a reconciliation on a disk that hangs at its second file', () => {
  let wake: () => void;
  let read: number;
  beforeEach(() => {
    const { forward } = lab.station.stages;
    const { hashAtRest } = forward;
    const awake = new Promise<void>((resolve) => {
      wake = () => {
        forward.hashAtRest = hashAtRest;
        resolve();
      };
    });
    read = 0;
    forward.hashAtRest = async (file, signal) => {
      read += 1;
      if (read === 2) await Promise.race([awake, signal && once(signal, 'abort')]);
      return hashAtRest(file, signal);
    };
  });
  afterEach(async () => {
    wake();
    await lab.station.longWork.reconcile.settled();
  });

  test('goes on for everybody: a colleague sees who began it and how far it is, joins it, and is refused another', async () => {
    const began = (await start('local')).json.value;
    await until('the second file', async () => read === 2);
    const shown = await seen();
    expect(shown).toMatchObject({ id: began.id, what: 'local', state: 'running', by: expect.stringContaining('张1'), result: null });
    expect(shown.progress).toMatchObject({ phase: 'vault', items: 1, ofItems: 6 });
    expect(shown.progress.ofBytes).toBe(2 * 30);
    expect((await start('local', colleague)).json).toMatchObject({ ok: true, value: { id: began.id } });
    expect((await start('far', colleague)).json).toMatchObject({ ok: false, failure: { code: 'run.under-way', what: 'local' } });
    const before = reconciled();
    wake();
    await lab.station.longWork.reconcile.settled();
    const over = await seen();
    expect(over).toMatchObject({ id: began.id, state: 'done', failure: null });
    expect(over.progress).toMatchObject({ items: 6, bytes: 60 });
    expect(reconciled()).toBe(before + 1);
    expect((await lab.ask(`/api/v1/reconciliations/${over.result}`, { session: colleague })).json.value).toMatchObject({ same: 6, open: 0 });
  });

  test('that is stopped reads nothing more, leaves no result, and says so; who may only look cannot stop it', async () => {
    const before = reconciled();
    const { id } = (await start('local')).json.value;
    await until('the second file', async () => read === 2);
    const auditor = await lab.session('auditor');
    expect((await lab.ask('/api/v1/reconcile/cancel', { session: auditor, body: { id } })).status).toBe(403);
    expect((await seen(auditor)).state).toBe('running');
    expect((await lab.ask('/api/v1/reconcile/cancel', { session: colleague, body: { id } })).json.state).toBe('stopping');
    await lab.station.longWork.reconcile.settled();
    expect(await seen()).toMatchObject({ id, state: 'cancelled', result: null, failure: { code: 'run.cancelled', what: 'local' } });
    expect([read, reconciled()]).toEqual([2, before]);
    expect(await seen()).toMatchObject({ figures: { items: 1, ofItems: 6 }, endedAt: expect.any(String) });
  });

  test('that a command began stops when the command goes away', async () => {
    const events = await commands().archive.reconcile({ source: null, to: null, report: null });
    expect((await events.next()).value).toMatchObject({ event: 'progress', progress: { phase: 'vault', items: 1 } });
    expect(await seen()).toMatchObject({ state: 'running', by: expect.any(String) });
    await events.return(undefined);
    await lab.station.longWork.reconcile.settled();
    expect(await seen()).toMatchObject({ state: 'cancelled' });
  });

  test('that somebody else began goes on when a command that joined it goes away', async () => {
    await start('local');
    const events = await commands().archive.reconcile({ source: null, to: 'local', report: null });
    expect((await events.next()).value).toMatchObject({ event: 'progress' });
    await events.return(undefined);
    expect(await seen()).toMatchObject({ state: 'running' });
  });
});

describe('a check', () => {
  test('is seen by everybody, and its report is kept', async () => {
    const began = await lab.ask('/api/v1/verify', { session: archivist, body: { full: true } });
    expect(began.json.value).toMatchObject({ what: 'full', state: 'running', report: null });
    await lab.station.longWork.verify.settled();
    const run = (await lab.ask('/api/v1/verify', { session: await lab.session('auditor') })).json;
    expect(run).toMatchObject({ id: began.json.value.id, state: 'done', report: { full: true, items: 3, violations: [] } });
    expect(run.progress).toEqual({ phase: 'vault', items: 3, ofItems: 3, bytes: 30, ofBytes: 30 });
    const late = await lab.ask('/api/v1/verify/cancel', { session: archivist, body: { id: run.id } });
    expect(late.json).toMatchObject({ state: 'done', report: { full: true } });
  });

  /** Entries enough for the check of the ledger to say more than once how far it is. */
  async function longLedger() {
    const { ledger, clock, identity } = lab.station;
    const subject = { kind: 'station' as const, id: identity.stationId };
    const confirmed = { type: 'clock.confirmed' as const, subject, actor, at: clock.now(), body: { by: 'test' } };
    await ledger.append(Array.from({ length: 2000 }, () => confirmed));
  }

  test('of the ledger lets everything else have its turn, counts what it has done, and can be stopped there', async () => {
    await longLedger();
    const told: { items: number; ofItems: number | null; turn: number }[] = [];
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    count();
    const stop = new AbortController();
    const watch = {
      signal: stop.signal,
      onProgress({ phase, items, ofItems }: Progress) {
        expect(phase).toBe('ledger');
        told.push({ items, ofItems, turn: turns });
        if (items > 1000) stop.abort();
      },
    };
    await expect(verifyAndRecord(lab.station, false, actor, watch)).rejects.toHaveProperty('name', 'AbortError');
    counting = false;
    const first = told.find((one) => one.items > 0);
    expect(told.at(-1)?.items).toBeGreaterThan(1000);
    expect([...told].sort((one, other) => one.items - other.items)).toEqual(told);
    expect(told.slice(1).every((one) => one.ofItems !== null && one.ofItems > 2000)).toBe(true);
    // Its thread had to start before it said how far it was: a check on this thread would leave one or two turns in all.
    expect(first?.turn).toBeGreaterThan(20);
  });

  test('takes nothing that is appended or sealed meanwhile for a violation', async () => {
    await longLedger();
    const { ledger, clock } = lab.station;
    let checking = true;
    const checked = verifyAndRecord(lab.station, false, actor, UNWATCHED).finally(() => {
      checking = false;
    });
    let appended = 0;
    for (; checking; appended += 1) {
      await setPolicy(ledger, { key: 'wall-ports', value: 1 + (appended % 30), actor, at: clock.now() });
      if (appended % 5 === 0) await ledger.seal();
    }
    expect(appended).toBeGreaterThan(5);
    expect((await checked).violations).toEqual([]);
  });

  test('that is stopped takes nothing that it did not read for a violation, and puts nothing on the ledger', async () => {
    const done = () => entriesOfType(lab.station.ledger.reader, 'verification.done').length;
    const before = done();
    const stop = new AbortController();
    const looked: number[] = [];
    const onProgress = ({ phase, items }: { phase: string; items: number }) => {
      if (phase === 'vault') looked.push(items);
      if (items === 1) stop.abort();
    };
    await expect(verifyAndRecord(lab.station, true, actor, { signal: stop.signal, onProgress })).rejects.toHaveProperty('name', 'AbortError');
    expect([looked, done()]).toEqual([[1], before]);
  });
});

describe('a push to an archive that was away and hangs at its first file', () => {
  let wake: () => void;
  let began: Promise<void>;
  beforeEach(async () => {
    const far = path.join(folder, 'far');
    fs.renameSync(far, `${far}-away`);
    const card = fs.mkdtempSync(path.join(folder, 'card-'));
    for (const n of [1, 2]) fs.writeFileSync(path.join(card, `${n}.mp4`), `evidence ${n} of ${card}`);
    for await (const _ of await commands().docking.ingest({ sources: [card], camera: null, officer: null, caseNumber: null }));
    await lab.station.idle();
    fs.renameSync(`${far}-away`, far);
    const { forward } = lab.station.stages;
    const { hashAtRest } = forward;
    const awake = new Promise<void>((resolve) => {
      wake = () => {
        forward.hashAtRest = hashAtRest;
        resolve();
      };
    });
    began = new Promise((resolve) => {
      forward.hashAtRest = async (file, signal) => {
        resolve();
        await Promise.race([awake, signal && once(signal, 'abort')]);
        return hashAtRest(file, signal);
      };
    });
  });
  afterEach(async () => {
    wake();
    await lab.station.longWork.forward.settled();
    await lab.ask('/api/v1/forward', { session: archivist, body: { to: 'far' } });
    await lab.station.longWork.forward.settled();
  });
  const push = (session: string, onlyFailed = false) => lab.ask('/api/v1/forward', { session, body: { to: 'far', onlyFailed } });
  const pushed = async (session: string) => (await lab.ask('/api/v1/forward', { session })).json;
  const waiting = async () => (await commands().archive.destinations()).find((one) => one.name === 'far')?.waiting ?? 0;

  test('is the same for everybody, is stopped by who may, says what went, and the rest goes later', async () => {
    const due = await waiting();
    expect(due).toBeGreaterThan(0);
    const { id } = (await push(archivist)).json.value;
    await began;
    expect(await pushed(colleague)).toMatchObject({ id, state: 'running', what: 'far', onlyFailed: false, reports: null });
    expect((await pushed(colleague)).progress).toMatchObject({ phase: 'forward', items: 0, ofItems: due });
    expect((await push(colleague)).json.value.id).toBe(id);
    expect((await push(colleague, true)).json).toMatchObject({ ok: false, failure: { code: 'run.under-way', what: 'far' } });
    const auditor = await lab.session('auditor');
    expect((await lab.ask('/api/v1/forward/cancel', { session: auditor, body: { id } })).status).toBe(403);
    expect((await lab.ask('/api/v1/forward/cancel', { session: colleague, body: { id } })).json.state).toBe('stopping');
    await lab.station.longWork.forward.settled();
    const reports = [{ destination: 'far', forwarded: 0, waiting: due, stopped: true, failures: [] }];
    expect(await pushed(auditor)).toMatchObject({ id, state: 'cancelled', failure: null, reports });
    wake();
    await push(archivist);
    await lab.station.longWork.forward.settled();
    expect(await pushed(auditor)).toMatchObject({ state: 'done', reports: [{ waiting: 0, stopped: false, failures: [] }] });
    expect(await waiting()).toBe(0);
  });

  test('begun by a command is stopped by that command alone', async () => {
    const { id } = (await push(archivist)).json.value;
    await began;
    const [mine, other] = [uuidv7(), uuidv7()];
    const joined = commands().archive.forward({ to: 'far', run: other });
    await commands().station.stopRun({ run: other });
    expect(await pushed(archivist)).toMatchObject({ id, state: 'running' });
    await commands().station.stopRun({ run: id });
    expect(await joined).toMatchObject({ ok: true, value: [{ stopped: true }] });
    const own = commands().archive.forward({ to: 'far', run: mine });
    expect(await pushed(archivist)).toMatchObject({ id: mine, state: 'running' });
    await commands().station.stopRun({ run: mine });
    expect(await own).toMatchObject({ ok: true, value: [{ stopped: true, failures: [] }] });
  });
});
