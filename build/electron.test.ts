import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRenderer } from './renderer.ts';

const root = path.dirname(import.meta.dirname);
const built = path.join(root, 'build/.cache/electron/main');

let data: string;
let station: ChildProcess;
let agent: Agent;
beforeAll(async () => {
  await buildRenderer();
  const tool = path.join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  execFileSync(process.execPath, [tool, 'build', '-c', path.join(root, 'build/electron.vite.config.ts')], {
    stdio: 'pipe',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-built-'));
  station = fork(path.join(built, 'station.process.js'), [path.join(data, 'data')]);
  const [{ socket }] = (await once(station, 'message')) as [{ socket: string }];
  agent = new Agent({ connect: { socketPath: socket } });
}, 180_000);
afterAll(async () => {
  await agent?.close();
  if (station?.exitCode === null) station.kill('SIGKILL');
  fs.rmSync(data, { recursive: true, force: true });
});

const ask = async (route: string) => {
  const { statusCode, headers, body } = await request(`http://station${route}`, { dispatcher: agent });
  return { status: statusCode, type: String(headers['content-type']), text: await body.text() };
};

test('the station, bundled for the shell, serves the screens and the interface', async () => {
  const page = await ask('/');
  expect(page).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
  expect((await ask(script)).status).toBe(200);
  // Even when a test builds them, they are what is shipped, without React's help for developers.
  const scripts = [...page.text.matchAll(/"(\/assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '');
  for (const one of scripts) expect((await ask(one)).text, one).not.toContain('react_stack_bottom_frame');
  expect(scripts.some((one) => one.includes('react'))).toBe(true);
  expect(JSON.parse((await ask('/api/v1/openapi.json')).text).openapi).toMatch(/^3\.1/);
  expect(JSON.parse((await ask('/api/v1/ports')).text).ports.length).toBeGreaterThan(0);
});

test('every worker that the sources start is in the bundle, under the name it is started by', () => {
  const sources = ['main', 'native'].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.worker.ts'))
      .map((name) => path.basename(name)),
  );
  expect(sources.length).toBeGreaterThan(2);
  expect(sources.filter((name) => !fs.existsSync(path.join(built, name)))).toEqual([]);
});

test('the bundled station ends cleanly when it is told to', async () => {
  station.kill('SIGTERM');
  expect(await once(station, 'exit')).toEqual([0, null]);
});
