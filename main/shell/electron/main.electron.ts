import os from 'node:os';
import path from 'node:path';
import { app, type BrowserWindow, dialog, Menu, nativeImage, protocol, session, Tray, utilityProcess } from 'electron';
import { currentHolder } from '../../station/index.ts';
import { guardContents, guardSession } from './guards.electron.ts';
import { createStationProxy } from './proxy.ts';
import { type Supervisor, superviseStation } from './supervise.ts';
import { quitNeedsConfirming, type StationState, trayText } from './tray-text.pure.ts';
import { openWindow } from './window.electron.ts';

protocol.registerSchemesAsPrivileged([{ scheme: 'station', privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true } }]);

let window: BrowserWindow | null = null;
let tray: Tray | null = null;
let supervisor: Supervisor | null = null;
let mayQuit = false;
let state: StationState = { kind: 'starting', attached: false, copying: null };

if (app.requestSingleInstanceLock()) run();
else app.quit();

function run() {
  guardContents(app);
  app.on('second-instance', showWindow);
  // Ingest goes on with the window closed.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (mayQuit) return;
    event.preventDefault();
    void quit();
  });
  void app.whenReady().then(start);
}

function start() {
  const data = dataFolder();
  const holder = currentHolder(data);
  const attached = holder?.purpose === 'station' && holder.socket !== null;
  state = { ...state, attached, kind: attached ? 'running' : 'starting' };
  if (!attached) {
    const file = path.join(import.meta.dirname, 'station.process.js');
    supervisor = superviseStation(
      () => utilityProcess.fork(file, [data], { serviceName: 'Evidock station' }),
      (kind) => tell({ ...state, kind }),
    );
  }
  const proxy = createStationProxy(() => (attached ? (currentHolder(data)?.socket ?? null) : (supervisor?.socket() ?? null)));
  protocol.handle('station', (request) => proxy.handle(request));
  guardSession(session.defaultSession);
  tray = new Tray(nativeImage.createFromPath(path.join(app.getAppPath(), 'build/packaging/icon.png')));
  tray.on('click', showWindow);
  tell(state);
  showWindow();
}

function tell(next: StationState) {
  state = next;
  tray?.setToolTip(trayText(state));
  tray?.setContextMenu(
    Menu.buildFromTemplate([
      { label: trayText(state), enabled: false },
      { label: '打开 Open', click: showWindow },
      { label: '退出 Quit', click: () => app.quit() },
    ]),
  );
}

function showWindow() {
  if (window === null || window.isDestroyed()) window = openWindow();
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

async function quit() {
  if (quitNeedsConfirming(state)) {
    const { response, checkboxChecked } = await dialog.showMessageBox({
      type: 'warning',
      message: '退出会停止采集。Quitting stops the copying.',
      // The box has to be ticked as well: one touch repeated does not quit.
      checkboxLabel: '停止采集 Stop copying',
      buttons: ['继续采集 Keep running', '退出 Quit'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response !== 1 || !checkboxChecked) return;
  }
  await supervisor?.stop();
  mayQuit = true;
  app.quit();
}

function dataFolder(): string {
  const stateFolder = process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local', 'state');
  return path.resolve(process.env['EVIDOCK_DATA'] ?? path.join(stateFolder, 'evidock'));
}
