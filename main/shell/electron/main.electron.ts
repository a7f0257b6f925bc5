import path from 'node:path';
import { app, type BrowserWindow, dialog, Menu, nativeImage, powerMonitor, protocol, session, Tray, utilityProcess } from 'electron';
import { type Supervisor, superviseStation } from '../supervise/supervise.ts';
import { awayPage } from './away-page.pure.ts';
import { countCopying } from './copying.ts';
import { findStation } from './find-station.ts';
import { guardContents, guardSession } from './guards.electron.ts';
import { createStationProxy } from './proxy.ts';
import { isFailing, quitNeedsConfirming, type StationState, trayText } from './station-state.pure.ts';
import { openWindow } from './window.electron.ts';

/** The tray is at most this old, ms. */
const LOOK_MS = 3000;

protocol.registerSchemesAsPrivileged([{ scheme: 'station', privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true } }]);

let window: BrowserWindow | null = null;
let tray: Tray | null = null;
let supervisor: Supervisor | null = null;
let looking: NodeJS.Timeout | undefined;
let mayQuit = false;
let shownInTray = '';
let state: StationState = { kind: 'starting' };
let socketOf: () => string | null = () => null;
/** The page that stands for the screens now; null while they are there themselves. */
let shownAway: string | null = null;
const proxy = createStationProxy(
  () => socketOf(),
  () => {
    shownAway = awayPage(state);
    return shownAway;
  },
);

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

async function start() {
  protocol.handle('station', (request) => proxy.handle(request));
  guardSession(session.defaultSession);
  tray = new Tray(nativeImage.createFromPath(path.join(app.getAppPath(), 'build/packaging/icon.png')));
  tray.on('click', showWindow);
  await takeStation();
  tell(state);
  showWindow();
  powerMonitor.on('resume', () => void look());
  looking = setInterval(() => void look(), LOOK_MS);
}

/** Uses the station that runs on this machine; only where there is none, starts one. */
async function takeStation() {
  const found = await findStation();
  if (!found.ok) state = { kind: 'misconfigured', failure: found.failure };
  else if (found.value.kind === 'no-access') state = found.value;
  else if (found.value.kind === 'running') {
    socketOf = found.value.socket;
    state = { kind: 'running', attached: true, copying: null };
  } else supervisor = superviseOwn(found.value.data);
}

function superviseOwn(data: string): Supervisor {
  const file = path.join(import.meta.dirname, 'station.process.js');
  const made = superviseStation(
    () => utilityProcess.fork(file, [data], { serviceName: 'Evidock station' }),
    (now) => tell(now.kind === 'running' ? { kind: 'running', attached: false, copying: null } : { ...now, attached: false }),
  );
  socketOf = made.socket;
  return made;
}

/** Asks the station what it does, for the tray and before quitting. */
async function look() {
  const copying = await countCopying((request) => proxy.handle(request));
  if (state.kind !== 'running' && state.kind !== 'away') return;
  if (!state.attached) {
    // Whether its own station runs, the shell hears from the supervisor.
    if (state.kind === 'running') tell({ ...state, copying });
  } else if (copying === null) tell({ kind: 'away', attached: true, crashes: 0, retryMs: 0, failure: null });
  else tell({ kind: 'running', attached: true, copying });
}

function tell(next: StationState) {
  // Screens that lose the station say so and wait; when waiting may not help, the page in their place says why.
  const takesPlace = isFailing(next) && !isFailing(state);
  const isOld = shownAway !== null && (next.kind === 'running' || awayPage(next) !== shownAway);
  state = next;
  showInTray(trayText(state));
  if (!takesPlace && !isOld) return;
  shownAway = null;
  if (window !== null && !window.isDestroyed()) window.reload();
}

function showInTray(text: string) {
  // A menu that is put up anew closes under the hand that has it open.
  if (tray === null || text === shownInTray) return;
  shownInTray = text;
  tray.setToolTip(text);
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: text, enabled: false },
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
  await look();
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
  clearInterval(looking);
  await supervisor?.stop();
  await proxy.close();
  mayQuit = true;
  app.quit();
}
