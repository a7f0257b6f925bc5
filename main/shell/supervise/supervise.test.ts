import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createStationProxy } from '../electron/proxy.ts';
import { superviseStation } from './supervise.ts';

test('a killed station comes back by itself, later each time, and stops when told to', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-supervise-'));
  const children: ChildProcess[] = [];
  const startsMs: number[] = [];
  const endsMs: number[] = [];
  let running = Promise.withResolvers<void>();
  let away = Promise.withResolvers<void>();
  const start = () => {
    const child = fork(path.join(import.meta.dirname, '../electron/station.process.ts'), [path.join(root, 'data')]);
    startsMs.push(performance.now());
    child.once('exit', () => endsMs.push(performance.now()));
    children.push(child);
    return child;
  };
  const supervisor = superviseStation(start, (now) => (now.kind === 'running' ? running : away).resolve());
  onTestFinished(async () => {
    await supervisor.stop();
    fs.rmSync(root, { recursive: true });
  });
  const proxy = createStationProxy(
    () => supervisor.socket(),
    () => '',
  );
  const statusOf = async () => (await proxy.handle(new Request('station://app/api/v1/nowhere'))).status;
  await running.promise;
  expect(await statusOf()).toBe(404);
  for (const _ of [1, 2]) {
    running = Promise.withResolvers();
    away = Promise.withResolvers();
    children.at(-1)?.kill('SIGKILL');
    await away.promise;
    expect(await statusOf()).toBe(503);
    await running.promise;
    expect(await statusOf()).toBe(404);
  }
  await supervisor.stop();
  await proxy.close();
  expect(children.map((child) => child.exitCode)).toEqual([null, null, 0]);
  const pauses = startsMs.slice(1).map((startMs, index) => startMs - (endsMs[index] ?? 0));
  expect(pauses.map((pause) => Math.floor((pause + 20) / 1000) >= 1)).toEqual([true, true]);
  expect(pauses[1]).toBeGreaterThan(1_900);
});
