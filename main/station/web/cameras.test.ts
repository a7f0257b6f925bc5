import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { CameraDocking, CameraRow } from '../../contract/web/cameras.ts';
import { folderVolume, type Volume } from '../../dock/index.ts';

const HOUR_MS = 3_600_000;
const MEBIBYTE = 1024 * 1024;

let lab: WebLab;
let session: string;
let card: string;
let nowMs = Date.parse('2026-03-02T18:00:00.000Z');
beforeAll(async () => {
  lab = await openWebLab({ nowMs: () => nowMs });
  session = await lab.session('supervisor');
  card = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-card-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8M', 'tmpfs', card]);
});
afterAll(async () => {
  await lab.close();
  execFileSync('umount', [card]);
  fs.rmdirSync(card);
});

function volumeAt(root: string, mountMode: 'ro' | 'folder'): Volume {
  const mount = mountMode === 'ro' ? { mountPoint: root, readOnly: true, fileSystem: 'vfat', source: '/dev/sdx' } : null;
  const volume = folderVolume('port-a', root, mount);
  if (!volume) throw new Error(`${root} is not there`);
  return volume;
}

function put(root: string, officer: string, sequence: number, bytes: number): void {
  fs.mkdirSync(path.join(root, 'DCIM'), { recursive: true });
  fs.writeFileSync(path.join(root, `DCIM/C370042_${officer}_20260302140312_000${sequence}.MP4`), Buffer.alloc(bytes, sequence));
}

async function camera(): Promise<CameraRow> {
  // A session lasts a minute without a touch, and this test's clock goes by hours.
  session = await lab.session('supervisor');
  return (await lab.ask('/api/v1/cameras', { session })).json[0];
}

async function history(): Promise<CameraDocking[]> {
  return (await lab.ask(`/api/v1/cameras/${(await camera()).id}/dockings`, { session })).json.value;
}

test('the room on a card is what it had when it was docked, and stays known when it is gone', async () => {
  put(card, '012345', 1, 3 * MEBIBYTE);
  const volume = volumeAt(card, 'ro');
  await lab.station.dockings.attach(volume).done;
  expect(await camera()).toMatchObject({ docked: true, overdue: false, space: { totalBytes: 8 * MEBIBYTE, freeBytes: 5 * MEBIBYTE } });
  fs.writeFileSync(path.join(card, 'later'), Buffer.alloc(MEBIBYTE));
  await lab.station.dockings.detach(volume);
  expect(await camera()).toMatchObject({ docked: false, space: { freeBytes: 5 * MEBIBYTE } });
  fs.rmSync(path.join(card, 'later'));
});

test('a camera that lies on a port is not missing, however long; one that left is after 24 hours', async () => {
  const volume = volumeAt(card, 'ro');
  nowMs += HOUR_MS;
  put(card, '012377', 2, 1000);
  await lab.station.dockings.attach(volume).done;
  nowMs += 30 * HOUR_MS;
  expect(await camera()).toMatchObject({ docked: true, overdue: false });
  await lab.station.dockings.detach(volume);
  nowMs += 24 * HOUR_MS;
  expect(await camera()).toMatchObject({ docked: false, overdue: false });
  nowMs += 1;
  expect(await camera()).toMatchObject({ overdue: true });
});

test('a plain folder has no room of its own to tell, and its last docking takes none over from an earlier one', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-card-'));
  put(folder, '012345', 3, 1000);
  const volume = volumeAt(folder, 'folder');
  await lab.station.dockings.attach(volume).done;
  await lab.station.dockings.detach(volume);
  expect((await camera()).space).toBeNull();
  fs.rmSync(folder, { recursive: true });
});

test('who used a camera when is told docking by docking, newest first, by whose files each brought', async () => {
  const told = await history();
  expect(told.map((one) => [one.officers.map((officer) => officer.number), one.stored, one.seenAgain, one.safe])).toEqual([
    [['012345'], 1, 0, true],
    [['012377'], 1, 1, true],
    [['012345'], 1, 0, true],
  ]);
  expect(told.map((one) => one.startedAt)).toEqual([...told.map((one) => one.startedAt)].sort().reverse());
  expect(told.every((one) => one.endedAt !== null)).toBe(true);
  const unknown = await lab.ask(`/api/v1/cameras/${randomUUID()}/dockings`, { session });
  expect(unknown.json.failure.code).toBe('camera.not-registered');
});
