import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as electron from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../../fixtures/station-lab.ts';
import { serveStation } from '../../station/index.ts';

type StandIn = typeof import('../../../fixtures/electron/stand-in.ts');

let folder: string;
let socket: string;
const endings: (() => unknown)[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-main-'));
  socket = path.join(folder, 'run', 'station.sock');
  fs.mkdirSync(path.dirname(socket));
  configure(`data = "${path.join(folder, 'data')}"\nsocket = "${socket}"\n`);
  vi.stubEnv('EVIDOCK_DATA', undefined);
  endings.push(() => fs.rmSync(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  vi.unstubAllEnvs();
});

function configure(toml: string): void {
  const file = path.join(folder, 'station.toml');
  fs.writeFileSync(file, toml);
  vi.stubEnv('EVIDOCK_CONFIG', file);
}

/** Starts the shell's program anew, as the first of this machine or not. */
async function startShell(isFirst = true): Promise<StandIn> {
  vi.resetModules();
  const shell: StandIn = await import('../../../fixtures/electron/stand-in.ts');
  shell.app.isFirst = isFirst;
  await import('./main.electron.ts');
  endings.push(async () => {
    for (const child of shell.utilityProcess.children) child.kill('SIGKILL');
    shell.dialog.answer = { response: 1, checkboxChecked: true };
    shell.app.quit();
    if (shell.app.quits === 0) await once(shell.app, 'gone');
  });
  if (isFirst) await until('a window', async () => shell.BrowserWindow.made.length > 0);
  return shell;
}

/** A real station that serves the group's socket, as the installed service does. */
async function startService(): Promise<StationLab & { stop(): Promise<void> }> {
  const lab = await openStationLab({ purpose: 'station' });
  const served = await serveStation(lab.station, { port: 0, sharedSocket: socket });
  if (!served.ok) throw new Error(served.failure.code);
  const stop = () => served.value.close();
  endings.push(async () => {
    await stop();
    await lab.close();
  });
  return Object.assign(lab, { stop });
}

const trayOf = (shell: StandIn) => shell.Tray.made[0];
const trayWill = (shell: StandIn, say: string) =>
  until(`the tray to say ${say}`, async () => trayOf(shell)?.toolTip.includes(say) === true, 60_000, 20);
const statusOf = async (shell: StandIn) => (await shell.protocol.fetch('station://app/health')).status;
const pageOf = async (shell: StandIn) => (await shell.protocol.fetch('station://app/', { headers: { accept: 'text/html' } })).text();

function chosen(shell: StandIn, label: string): electron.MenuItemConstructorOptions {
  const item = trayOf(shell)?.menu?.items.find((one) => one.label?.includes(label));
  if (!item) throw new Error(`the tray has no ${label}`);
  return item;
}
const click = (shell: StandIn, label: string) => (chosen(shell, label).click as () => void)();

test('a second start brings the first window forward and does nothing else itself', async () => {
  await startService();
  const second = await startShell(false);
  expect([second.app.quits, second.BrowserWindow.made.length, second.Tray.made.length]).toEqual([1, 0, 0]);
  const first = await startShell();
  const [window] = first.BrowserWindow.made;
  if (window) window.minimized = true;
  first.app.emit('second-instance');
  expect(window?.acts.slice(-3)).toEqual(['restore', 'show', 'focus']);
  expect(first.BrowserWindow.made).toHaveLength(1);
});

test('the page is walled in: no Node, no other window, no webview, no permission, no device, no foreign download', async () => {
  await startService();
  const shell = await startShell();
  const [window] = shell.BrowserWindow.made;
  expect(window?.options.webPreferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false });
  expect(window?.loaded).toEqual(['station://app/']);
  expect(shell.protocol.schemes).toMatchObject([{ scheme: 'station', privileges: { standard: true, secure: true } }]);
  const details = { url: 'https://example.org/' } as electron.HandlerDetails;
  expect(window?.webContents.openHandler?.(details)).toEqual({ action: 'deny' });
  const refused: string[] = [];
  window?.webContents.emit('will-attach-webview', { preventDefault: () => refused.push('webview') });
  for (const url of ['https://example.org/', 'station://app/recordings']) {
    window?.webContents.emit('will-navigate', { url, preventDefault: () => refused.push(`page ${url}`) });
    shell.session.defaultSession.emit('will-download', { preventDefault: () => refused.push(`file ${url}`) }, { getURL: () => url });
  }
  expect(refused).toEqual(['webview', 'page https://example.org/', 'file https://example.org/']);
  const { request, check, device } = shell.session.defaultSession;
  const contents = {} as electron.WebContents;
  const answers: boolean[] = [];
  request?.(contents, 'media', (granted) => answers.push(granted), {} as electron.PermissionRequest);
  expect(answers).toEqual([false]);
  expect(check?.(contents, 'geolocation', 'station://app', {} as electron.PermissionCheckHandlerHandlerDetails)).toBe(false);
  expect(device?.({} as electron.DevicePermissionHandlerHandlerDetails)).toBe(false);
});

test('the installed service is used: no second station, and quitting neither asks nor stops it', async () => {
  const service = await startService();
  const shell = await startShell();
  await trayWill(shell, 'Station running');
  expect(shell.utilityProcess.children).toEqual([]);
  const health = (await (await shell.protocol.fetch('station://app/health')).json()) as { station: string };
  expect(health.station).toBe(service.station.identity.stationCode);
  click(shell, 'Quit');
  await once(shell.app, 'gone');
  expect(shell.dialog.asked).toEqual([]);
  expect(service.station.ledger.trouble()).toBeNull();
  expect(fs.existsSync(socket)).toBe(true);
});

test('without a service, a station that already holds the data folder is used', async () => {
  const lab = await openStationLab({ purpose: 'station' });
  const server = await lab.serve();
  endings.push(async () => {
    await server.close();
    await lab.close();
  });
  configure(`data = "${lab.data}"\nsocket = "${socket}"\n`);
  const shell = await startShell();
  await trayWill(shell, 'Station running');
  expect(shell.utilityProcess.children).toEqual([]);
  expect(await statusOf(shell)).toBe(200);
});

test('the tray opens the window, a crash of its page and a wake from sleep bring it back to where it was', async () => {
  await startService();
  const shell = await startShell();
  expect(trayOf(shell)?.menu?.items.map((item) => item.label)).toEqual([expect.stringMatching(/采集站.* Station/), '打开 Open', '退出 Quit']);
  const [window] = shell.BrowserWindow.made;
  await window?.loadURL('station://app/recordings?damaged=true');
  const loads = () => window?.loaded.slice(2) ?? [];
  window?.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect(loads()).toEqual([]);
  window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  window?.emit('unresponsive');
  shell.powerMonitor.emit('resume');
  expect(window?.webContents.crashes).toBe(1);
  expect(loads()).toEqual(Array(3).fill('station://app/recordings?damaged=true'));
  if (window) window.webContents.url = 'chrome-error://chromewebdata/';
  shell.powerMonitor.emit('resume');
  expect(loads().at(-1)).toBe('station://app/');
  // With the window closed the station is still there, and the tray makes another window.
  window?.closeByHand();
  expect(shell.app.quits).toBe(0);
  expect(await statusOf(shell)).toBe(200);
  trayOf(shell)?.emit('click');
  click(shell, 'Open');
  expect(shell.BrowserWindow.made).toHaveLength(2);
  shell.powerMonitor.emit('resume');
  expect(loads().at(-1)).toBe('station://app/');
  expect(loads()).toHaveLength(4);
});

test('a service that goes away is said to be away after a sleep, and is found again', async () => {
  const service = await startService();
  const shell = await startShell();
  await trayWill(shell, 'Station running');
  await service.stop();
  shell.powerMonitor.emit('resume');
  await trayWill(shell, 'Station service away');
  expect(await pageOf(shell)).toContain('采集站服务没有应答');
  const again = await serveStation(service.station, { port: 0, sharedSocket: socket });
  if (!again.ok) throw new Error(again.failure.code);
  endings.push(() => again.value.close());
  shell.powerMonitor.emit('resume');
  await trayWill(shell, 'Station running');
  expect(shell.BrowserWindow.made[0]?.acts.at(-1)).toBe('reload');
});

test('where there is no station the shell runs its own: closing the window leaves it alone, quitting it idle ends it cleanly', async () => {
  const shell = await startShell();
  await trayWill(shell, 'Station running');
  expect(await statusOf(shell)).toBe(200);
  shell.BrowserWindow.made[0]?.closeByHand();
  expect(await statusOf(shell)).toBe(200);
  const [child] = shell.utilityProcess.children;
  click(shell, 'Quit');
  await once(shell.app, 'gone');
  expect(shell.dialog.asked).toEqual([]);
  expect(child?.exitCode).toBe(0);
});

test('quitting a station that cannot say that it is idle needs a second, different touch', async () => {
  const shell = await startShell();
  await trayWill(shell, 'Station running');
  const [child] = shell.utilityProcess.children;
  child?.kill('SIGSTOP');
  for (const [n, answer] of [
    { response: 0, checkboxChecked: true },
    { response: 1, checkboxChecked: false },
  ].entries()) {
    shell.dialog.answer = answer;
    shell.app.quit();
    await until('the question', async () => shell.dialog.asked.length === n + 1, 20_000, 20);
  }
  expect(shell.dialog.asked[0]).toMatchObject({
    message: expect.stringMatching(/采集.*copying/),
    checkboxLabel: expect.stringContaining('停止采集'),
  });
  // Neither of them stopped it.
  child?.kill('SIGCONT');
  expect(await statusOf(shell)).toBe(200);
  child?.kill('SIGSTOP');
  expect([shell.app.quits, child?.exitCode]).toEqual([0, null]);
  shell.dialog.answer = { response: 1, checkboxChecked: true };
  shell.app.quit();
  await until('the question', async () => shell.dialog.asked.length === 3, 20_000, 20);
  child?.kill('SIGCONT');
  await once(shell.app, 'gone');
  expect(child?.exitCode).toBe(0);
});

test('a station that fails again and again is tried on, later each time, and the page says so and why', async () => {
  // Somebody's command has the data folder.
  const lab = await openStationLab({ purpose: 'command' });
  endings.push(() => lab.close());
  configure(`data = "${lab.data}"\nsocket = "${socket}"\n`);
  const shell = await startShell();
  await trayWill(shell, 'restarting');
  expect(await pageOf(shell)).toContain('正在重新启动');
  await trayWill(shell, 'keeps failing');
  const reloads = () => shell.BrowserWindow.made[0]?.acts.filter((act) => act === 'reload').length;
  const before = reloads();
  const page = await pageOf(shell);
  expect(page).toMatch(/连续 3 次启动失败.*间隔 4 秒/s);
  expect(page).toMatch(/failed to start 3 times in a row.*again 4 s after/s);
  expect(page).toContain('数据目录正被使用');
  // The page was loaded anew when there was more to say.
  expect(before).toBeGreaterThan(0);
  expect(shell.utilityProcess.children.map((child) => child.exitCode)).toEqual([1, 1, 1]);
  // Once the folder is free, the next try succeeds by itself.
  await lab.stop();
  await trayWill(shell, 'Station running');
  expect(await statusOf(shell)).toBe(200);
  expect(reloads()).toBeGreaterThan(before ?? 0);
  expect(await pageOf(shell)).not.toContain('启动失败');
});

test('a service this account may not use is said to be that, and no second station is started beside it', async () => {
  await startService();
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(path.dirname(socket), 0o000);
  // Root may do everything, so for the look it is somebody else.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  let shell: StandIn;
  try {
    shell = await startShell();
  } finally {
    if (isRoot) process.seteuid?.(0);
    fs.chmodSync(path.dirname(socket), 0o700);
  }
  expect(trayOf(shell)?.toolTip).toContain('No access');
  expect(await pageOf(shell)).toContain(socket);
  expect(shell.utilityProcess.children).toEqual([]);
});

test('a configuration that cannot be read starts nothing, and the page names the line', async () => {
  configure('data = relative\n');
  const shell = await startShell();
  expect(trayOf(shell)?.toolTip).toContain('configuration is wrong');
  expect(await pageOf(shell)).toContain('station.toml:1');
  expect(shell.utilityProcess.children).toEqual([]);
});

test('a page learns of the shell its name and version, and can change neither', async () => {
  vi.resetModules();
  vi.stubGlobal('__EVIDOCK_VERSION__', '9.8.7');
  const shell: StandIn = await import('../../../fixtures/electron/stand-in.ts');
  await import('./preload.electron.ts');
  vi.unstubAllGlobals();
  expect(shell.contextBridge.exposed).toEqual({ evidock: { shell: 'electron', version: '9.8.7' } });
  expect(Object.isFrozen(shell.contextBridge.exposed['evidock'])).toBe(true);
});
