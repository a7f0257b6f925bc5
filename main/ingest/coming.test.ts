import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { openLab } from '../../fixtures/ledger-lab.ts';
import { createPortableEngine } from '../../native/index.ts';
import { loadProfiles } from '../dock/index.ts';
import { describeBy } from '../station/identify.ts';
import { comingFromMs, newDockingId, putFirst, runDocking } from './index.ts';

const ms = (local: string) => Date.parse(`${local}Z`);
const name = (clock: string, sequence: string, extension = 'MP4') => `C370042_012345_20260302${clock}_${sequence}.${extension}`;

test('files are copied from the important and the earliest on, and what is still to come is told at every step', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-coming-'));
  const root = path.join(folder, 'card');
  fs.mkdirSync(root);
  // Named so that neither the order of names nor that of making is the order of starts.
  const files = [
    name('140000', '0009'),
    name('130000', '0002'),
    name('130000', '0002', 'GPS'),
    name('120000', '0005'),
    name('150000', '0001F'),
    'note.txt',
    'holiday.mov',
  ];
  for (const file of files) fs.writeFileSync(path.join(root, file), `content of ${file}`);
  const profile = loadProfiles().find((one) => one.id === 'ga-pattern');
  if (!profile) throw new Error('no profile');
  const lab = await openLab();
  const engine = createPortableEngine(1);
  const context = ingestContext(lab, engine);
  const camera = dockedCamera(root, { identitySource: 'name-pattern', describe: describeBy(profile, []) });
  const coming = (dockingId = camera.dockingId) => comingFromMs(lab.ledger.reader, lab.work, dockingId);
  const steps: [string, number | null][] = [];
  const stop = lab.ledger.subscribe((entries) => {
    for (const entry of entries) {
      if (entry.type !== 'item.stored') continue;
      const stored = String(lab.ledger.records.get('item', entry.subject.id)?.['path']);
      steps.push([stored, coming()]);
    }
  });
  expect(coming()).toBeNull();
  const options = { signal: new AbortController().signal, takeTurn: turnsOf(1), onProgress: () => undefined };
  await runDocking(context, camera, options);
  stop();
  // At the moment a file is on the ledger it still counts as to come: nothing may be closed without it.
  expect(steps).toEqual([
    [name('150000', '0001F'), Number.NEGATIVE_INFINITY],
    ['note.txt', Number.NEGATIVE_INFINITY],
    [name('120000', '0005'), ms('2026-03-02T12:00:00')],
    [name('130000', '0002'), ms('2026-03-02T13:00:00')],
    [name('130000', '0002', 'GPS'), ms('2026-03-02T13:00:00')],
    [name('140000', '0009'), ms('2026-03-02T14:00:00')],
    ['holiday.mov', Number.POSITIVE_INFINITY],
  ]);
  expect(coming()).toBeNull();

  // At the next docking everything is known, and nothing is to come.
  const again = { ...camera, dockingId: newDockingId() };
  const seen: (number | null)[] = [];
  const stopSeen = lab.ledger.subscribe((entries) => {
    for (const entry of entries) if (entry.type === 'item.seen-again') seen.push(coming(again.dockingId));
  });
  await runDocking(context, again, options);
  stopSeen();
  expect(seen).toEqual(files.map(() => Number.POSITIVE_INFINITY));

  lab.work.prepare('DELETE FROM plan_files').run();
  await lab.ledger.append([
    {
      type: 'docking.planned',
      subject: { kind: 'docking', id: again.dockingId },
      refs: [],
      actor: { kind: 'system', id: 'ingest' },
      at: context.now(),
      body: { files: 1, bytes: 1, fresh: 1, known: 0, resumed: 0, refused: 0 },
    },
  ]);
  expect(coming(again.dockingId)).toBeNull();
  await engine.close();
  await lab.close();
  fs.rmSync(folder, { recursive: true });
});

test('a clip that was put first is still to come until it is stored', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-coming-'));
  for (const clock of ['120000', '130000', '140000']) fs.writeFileSync(path.join(folder, name(clock, '0001')), clock);
  const profile = loadProfiles().find((one) => one.id === 'ga-pattern');
  if (!profile) throw new Error('no profile');
  const lab = await openLab();
  const engine = createPortableEngine(1);
  const context = ingestContext(lab, engine);
  const camera = dockedCamera(folder, { identitySource: 'name-pattern', describe: describeBy(profile, []) });
  const coming: (number | null)[] = [];
  const take = turnsOf(1);
  await runDocking(context, camera, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    takeTurn(next, signal) {
      if (coming.length === 0) expect(putFirst(context, camera, { clip: name('120000', '0001') }).files).toBe(1);
      coming.push(comingFromMs(lab.ledger.reader, lab.work, camera.dockingId));
      return take(next, signal);
    },
  });
  expect(coming[0]).toBe(ms('2026-03-02T12:00:00'));
  await engine.close();
  await lab.close();
  fs.rmSync(folder, { recursive: true });
});
