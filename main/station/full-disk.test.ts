import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidock } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { failed } from '../contract/errors.ts';
import { LedgerWriteError } from '../ledger/index.ts';

let lab: StationLab;
let ledger: string;
beforeEach(async () => {
  lab = await openStationLab({ purpose: 'station' });
  ledger = lab.station.paths.ledger;
  await lab.stop();
  const aside = path.join(lab.folder, 'aside');
  fs.cpSync(ledger, aside, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', ledger]);
  fs.cpSync(aside, ledger, { recursive: true });
  await lab.start();
});
afterEach(async () => {
  await lab.stop();
  spawnSync('umount', [ledger]);
  await lab.close();
});

/** Takes all the room there is, and lets the open segment use up its last page. */
async function fill(): Promise<void> {
  expect(() => fs.writeFileSync(path.join(ledger, 'filler'), Buffer.alloc(300_000))).toThrow('ENOSPC');
  await expect(
    (async () => {
      for (let n = 0; n < 100; n += 1) await lab.client.station.confirmClock();
    })(),
  ).rejects.toThrow('ledger.write-failed');
}

test('a ledger whose disk is full says so by name, on the card and on the command line; nothing is taken until there is room', async () => {
  await fill();
  const server = await lab.serve();
  const card = lab.card('card', { 'clip.mp4': Buffer.alloc(5000, 7) });
  const failures = (await lab.ingest(card)).flatMap((one) => one.failures);
  expect(failures).toMatchObject([{ code: 'ledger.write-failed', detail: expect.stringContaining('ENOSPC') }]);
  const ran = await evidock('admin', 'confirm-clock', '--data', lab.data, '--json');
  expect([ran.code, JSON.parse(ran.stdout).failure?.code]).toEqual([2, 'ledger.write-failed']);
  await server.close();
  expect(fs.readFileSync(path.join(card, 'clip.mp4'))).toHaveLength(5000);

  fs.rmSync(path.join(ledger, 'filler'));
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, safe: true, failures: [] }]);
  expect((await lab.client.station.verify({ full: true })).violations).toEqual([]);
});

test('a station that cannot record its start does not start, says why, and starts once there is room', async () => {
  await fill();
  await lab.stop();
  expect(await lab.open()).toMatchObject({ ok: false, failure: { code: 'ledger.write-failed' } });
  fs.rmSync(path.join(ledger, 'filler'));
  await lab.start();
  expect(await lab.ingest(lab.card('card', { 'clip.mp4': 'evidence' }))).toMatchObject([{ stored: 1, safe: true }]);
});

test('copies that were proven but could not be recorded are adopted at the next start, and no file is stored twice', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `DCIM/clip-${n}.log`);
  const card = lab.card('card', Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
  const { append } = lab.station.ledger;
  let stored = 0;
  lab.station.ledger.append = (drafts, records) => {
    if (drafts.some((draft) => draft.type === 'item.stored')) stored += 1;
    if (stored <= 10) return append(drafts, records);
    return Promise.reject(new LedgerWriteError(failed('ledger.write-failed', 'open.jsonl', 'ENOSPC').failure));
  };
  const [result] = await lab.ingest(card);
  expect(result).toMatchObject({ safe: false, failures: [{ code: 'ledger.write-failed' }] });
  const { vault } = lab.station;
  await lab.stop();
  const left = [...vault.listItems()].length - 10;
  expect(left).toBeGreaterThan(0);
  await lab.start();
  expect((await lab.client.station.status()).ledger.adopted).toBe(left);
  expect(await lab.ingest(card)).toMatchObject([{ stored: 20 - left, seenAgain: 10 + left, safe: true }]);
  expect(await lab.client.station.verify({ full: true })).toMatchObject({ items: 30, violations: [], warnings: [] });
});
