import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../../fixtures/e2e/evidock.ts';
import { openStation, serveStation } from '../../station/index.ts';
import { countCopying } from './copying.ts';
import { createStationProxy } from './proxy.ts';

test('cameras that are being read are counted as the station says, and a station that is not there says nothing', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-count-'));
  const dock = path.join(folder, 'dock');
  fs.mkdirSync(dock);
  // A new folder is left alone this long, so its port stays busy until it goes.
  const options = { data: path.join(folder, 'data'), purpose: 'station' as const, create: true, docks: [dock], mountTrees: [], settleMs: 600_000 };
  const opened = await openStation(options);
  if (!opened.ok) throw new Error(opened.failure.code);
  const served = await serveStation(opened.value);
  if (!served.ok) throw new Error(served.failure.code);
  let socket: string | null = served.value.socket;
  const proxy = createStationProxy(
    () => socket,
    () => '',
  );
  onTestFinished(async () => {
    await proxy.close();
    await served.value.close();
    await opened.value.close();
    fs.rmSync(folder, { recursive: true });
  });
  const count = () => countCopying((request) => proxy.handle(request));
  expect(await count()).toBe(0);
  for (const camera of ['one', 'two']) fs.mkdirSync(path.join(dock, camera));
  await until('both cameras to be counted', async () => (await count()) === 2, 20_000, 20);
  fs.rmdirSync(path.join(dock, 'one'));
  await until('one to be gone', async () => (await count()) === 1, 20_000, 20);
  socket = null;
  expect(await count()).toBeNull();
});
