import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchiveLab, openArchiveLab } from '../../fixtures/archive-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { bagPath } from './forward.ts';
import { forwardAll, listDestinations, testDestination } from './index.ts';

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
  await lab.add('central', lab.far);
});
afterEach(async () => {
  await lab.close();
});

const bagOf = (unitId: string) => path.join(lab.far, bagPath(lab.context.stationId, unitId));

async function forward() {
  const result = await forwardAll(lab.context, 'central');
  if (!result.ok || !result.value[0]) throw new Error(JSON.stringify(result));
  return result.value[0];
}

test('a name or a folder that is a destination already is not added again', async () => {
  const other = path.join(lab.folder, 'other');
  expect(await lab.add('central', other)).toMatchObject({ ok: false, failure: { code: 'destination.exists', what: 'central' } });
  expect(await lab.add('second', lab.far)).toMatchObject({ ok: false, failure: { code: 'destination.exists', what: 'central' } });
  expect(listDestinations(lab.ledger).map((one) => one.name)).toEqual(['central']);
});

test('another good bag in the place of a unit is not taken for it and not overwritten', async () => {
  const first = await lab.unit([1000]);
  expect(await forward()).toMatchObject({ forwarded: 1, failures: [] });
  const second = await lab.unit([1000]);
  fs.cpSync(bagOf(first.unitId), bagOf(second.unitId), { recursive: true });
  const before = fs.readFileSync(path.join(bagOf(second.unitId), 'manifest-sha256.txt'));
  expect(await forward()).toMatchObject({ forwarded: 0, waiting: 1, failures: [{ code: 'destination.conflict' }] });
  expect(fs.readFileSync(path.join(bagOf(second.unitId), 'manifest-sha256.txt'))).toEqual(before);
  expect(entriesOfType(lab.ledger.reader, 'forward.failed')).toMatchObject([
    { subject: { id: second.unitId }, body: { reason: 'destination.conflict' } },
  ]);
});

test("another station's key beside the bags stops the ledger's copy and stays as it is", async () => {
  await lab.unit([1000]);
  await forward();
  const key = path.join(lab.far, lab.context.stationId, 'station-key.json');
  fs.writeFileSync(key, '{"publicKey":"of somebody else"}\n');
  await lab.unit([1000]);
  expect(await forward()).toMatchObject({
    forwarded: 1,
    failures: [{ code: 'destination.conflict', what: `central: ${path.relative(lab.far, key)}` }],
  });
  expect(fs.readFileSync(key, 'utf8')).toContain('somebody else');
});

test('a destination that became read-only takes nothing; the unit waits and goes when it can be written again', async () => {
  await lab.unit([1000]);
  execFileSync('mount', ['--bind', lab.far, lab.far]);
  try {
    execFileSync('mount', ['-o', 'remount,ro,bind', lab.far]);
    expect(await testDestination(lab.context, 'central')).toMatchObject({ ok: false, failure: { code: 'destination.write-failed' } });
    expect(await forward()).toMatchObject({ forwarded: 0, waiting: 1, failures: [{ code: 'destination.write-failed', what: 'central' }] });
  } finally {
    spawnSync('umount', [lab.far]);
  }
  expect(await forward()).toMatchObject({ forwarded: 1, waiting: 0, failures: [] });
});
