import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import type { Draft, Entry } from '../contract/entries/index.ts';
import { PROJECTIONS } from '../station/projections.ts';
import { LedgerWriteError, rebuildInto, runConsumer, tableDigests, verifyLedger } from './index.ts';

let disk: string;
let lab: Lab;
beforeEach(async () => {
  disk = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
  lab = await openLab(path.join(disk, 'data'));
});
afterEach(async () => {
  await lab.close();
  spawnSync('umount', [disk]);
  fs.rmdirSync(disk);
});

const actor = { kind: 'system' as const, id: 'test' };
const at = '2026-03-02T06:03:12.000Z';
const set = (value: string): Draft => ({ type: 'policy.set', subject: { kind: 'policy', id: 'clear' }, actor, at, body: { key: 'clear', value } });

const confirmed = (): Draft => ({ type: 'clock.confirmed', subject: { kind: 'station', id: 's' }, actor, at, body: { by: 'x' } });

/** Takes every byte the disk still has, or all but some. */
function fill(leaveBytes = 0): void {
  const fd = fs.openSync(path.join(disk, 'ballast'), 'a');
  for (const size of [65_536, 4096]) {
    try {
      for (;;) fs.writeSync(fd, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  fs.ftruncateSync(fd, fs.fstatSync(fd).size - leaveBytes);
  fs.closeSync(fd);
}
const free = () => fs.rmSync(path.join(disk, 'ballast'));

async function append(drafts: readonly Draft[]): Promise<LedgerWriteError | Entry[]> {
  return lab.ledger.append(drafts).catch((error: unknown) => {
    if (error instanceof LedgerWriteError) return error;
    throw error;
  });
}

test.each([0, 16_384, 262_144])(
  'an append on a disk with %i bytes left is whole or not there, and the ledger goes on once there is room',
  async (left) => {
    await lab.ledger.append([set('first')]);
    fill(left);
    const written = [];
    let failure: LedgerWriteError | null = null;
    for (let n = 0; failure === null; n += 1) {
      const result = await append(Array.from({ length: 20 }, () => set(`${n}`.padEnd(500, '.'))));
      if (result instanceof LedgerWriteError) failure = result;
      else written.push(...result);
    }
    expect(failure.failure.code).toBe('ledger.write-failed');
    expect(lab.ledger.trouble()?.code).toBe('ledger.write-failed');
    free();
    let entries = 1 + written.length;
    if ((await append([set('later')])) instanceof LedgerWriteError) {
      // The segment had the group and the database had no room: only a start may settle that.
      await lab.ledger.close();
      lab.work.close();
      lab = await openLab(path.join(disk, 'data'));
      expect(lab.ledger.opened.settlement).toMatchObject({ rolledForward: 20 });
      await lab.ledger.append([set('later')]);
      entries += 20;
    }
    expect(lab.ledger.trouble()).toBeNull();
    expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: entries + 1, violations: [] });
    const replayed = rebuildInto(lab.ledger.reader, PROJECTIONS);
    expect(tableDigests(replayed, PROJECTIONS)).toEqual(tableDigests(lab.ledger.reader, PROJECTIONS));
    replayed.close();
  },
);

test('a segment that can not be sealed stays open, and is sealed once there is room', async () => {
  await lab.ledger.append(Array.from({ length: 50 }, () => set('never')));
  fill();
  await expect(lab.ledger.seal()).rejects.toThrow('ledger.write-failed');
  free();
  expect(await lab.ledger.seal()).toMatchObject({ first: 1, last: 50 });
  await lab.ledger.append([set('later')]);
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: 51, segments: 1, violations: [] });
});

test('a stage whose results can not be written waits without end of others, and goes on once a write succeeds', async () => {
  await lab.ledger.append(Array.from({ length: 5 }, confirmed));
  const bugs: unknown[] = [];
  const stage = runConsumer(
    lab.ledger,
    lab.work,
    {
      name: 'test',
      types: ['clock.confirmed'],
      parallel: 2,
      retryAfterMs: 3_600_000,
      async handle(entry) {
        await lab.ledger.append([{ ...set('x'.repeat(20_000)), cause: { consumer: 'test', seq: entry.seq, step: 'done' } }]);
        return 'settled';
      },
    },
    (error) => bugs.push(error),
  );
  fill();
  await stage.idle();
  expect(lab.ledger.trouble()?.code).toBe('ledger.write-failed');
  free();
  await lab.ledger.append([confirmed()]);
  await stage.idle();
  const results = lab.ledger.reader.prepare("SELECT count(*) AS n FROM entries WHERE type = 'policy.set'").get();
  expect(results).toEqual({ n: 6 });
  expect(bugs).toEqual([]);
  await stage.stop();
});
