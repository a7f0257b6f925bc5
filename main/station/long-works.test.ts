import fs from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { shownRun } from './long-works.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
  await lab.ingest(lab.card('card', { 'one.mp4': 'first clip', 'two.mp4': 'second clip' }));
});
afterEach(async () => {
  await lab.close();
});

const kinds = ['verify', 'forward', 'reconcile'] as const;
const shown = () => Object.fromEntries(kinds.map((kind) => [kind, shownRun(lab.station, kind)]));
const restart = async () => {
  await lab.stop();
  await lab.start();
};
const reconcile = async (run?: string) => {
  for await (const _ of await lab.client.archive.reconcile({ source: null, to: null, report: null, run }));
};

test('how the last run of each kind ended is known after a restart: when, by whom, how, and what it counted', async () => {
  expect(shown()).toEqual({ verify: null, forward: null, reconcile: null });
  await lab.client.archive.forward({ to: null, onlyFailed: true });
  await lab.client.archive.forward({ to: 'local' });
  await reconcile();
  fs.rmSync(lab.station.vault.itemFolder([...lab.station.vault.listItems()][0]?.itemId ?? ''), { recursive: true });
  await lab.client.station.verify({ full: true });
  const before = shown();
  expect(before).toMatchObject({
    verify: { what: 'full', state: 'done', failure: null, figures: { items: 2, violations: 1, warnings: 0 } },
    forward: { what: 'local', how: 'all', state: 'done', figures: { forwarded: 2, waiting: 0 } },
    reconcile: { what: 'local', state: 'done', figures: { same: 4, differences: 0, waiting: 0 } },
  });
  await restart();
  const withoutWorking = (runs: ReturnType<typeof shown>) =>
    Object.fromEntries(Object.entries(runs).map(([kind, run]) => [kind, { ...run, progress: null, output: null }]));
  expect(shown()).toEqual(withoutWorking(before));
  expect(shown()['verify']?.by).toBe(lab.station.actor.id);
});

test('one that was stopped, and one that came to nothing, are known as such after a restart', async () => {
  const { forward } = lab.station.stages;
  const { hashAtRest } = forward;
  const run = uuidv7();
  let read = 0;
  forward.hashAtRest = async (file, signal) => {
    read += 1;
    if (read === 2) await lab.client.station.stopRun({ run });
    return hashAtRest(file, signal);
  };
  await reconcile(run);
  fs.renameSync(lab.station.paths.archive, `${lab.station.paths.archive}-away`);
  forward.hashAtRest = hashAtRest;
  expect(shownRun(lab.station, 'reconcile')).toMatchObject({ id: run, state: 'cancelled', figures: { items: 1, ofItems: 2 } });
  fs.mkdirSync(lab.station.paths.archive);
  await restart();
  expect(shownRun(lab.station, 'reconcile')).toMatchObject({ id: run, state: 'cancelled', failure: { code: 'run.cancelled', what: 'local' } });
  await reconcile();
  const failed = { state: 'failed', failure: { code: 'destination.unreachable' } };
  expect(shownRun(lab.station, 'reconcile')).toMatchObject(failed);
  await restart();
  expect(shownRun(lab.station, 'reconcile')).toMatchObject(failed);
});
