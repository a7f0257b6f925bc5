import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../../fixtures/web-lab.ts';

test.each(['flag', 'configuration'])('a station that is told its socket by %s serves its group there, and takes it away when it ends', async (by) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-shared-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const data = path.join(folder, 'data');
  const socket = path.join(folder, 'station.sock');
  const config = path.join(folder, 'station.toml');
  fs.writeFileSync(config, `data = "${data}"\n${by === 'flag' ? '' : `socket = "${socket}"\n`}`);
  const args = ['station', '--json', ...(by === 'flag' ? ['--socket', socket] : [])];
  const running = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, EVIDOCK_CONFIG: config, EVIDOCK_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => running.once('exit', resolve));
  onTestFinished(() => void running.kill('SIGKILL'));
  // One JSON document: the last of its lines says that the station serves.
  for await (const line of createInterface(running.stdout)) if (line === '}') break;
  expect(fs.statSync(socket).mode & 0o777).toBe(0o660);
  const agent = new Agent({ connect: { socketPath: socket } });
  expect((await ask(agent, 'http://station/health', {})).json.ok).toBe(true);
  await agent.close();
  running.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(fs.existsSync(socket)).toBe(false);
});
