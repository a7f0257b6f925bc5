import path from 'node:path';
import { BrowserWindow, powerMonitor } from 'electron';
import { APP_ORIGIN, isOwnUrl } from './navigation.pure.ts';

/** Makes the one window, on the dock wall; it comes back to where it was after a crash, a hang or a sleep. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: {
      preload: path.join(import.meta.dirname, '../preload/preload.electron.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  const { webContents } = window;
  const comeBack = () => {
    if (window.isDestroyed()) return;
    const url = webContents.getURL();
    void window.loadURL(isOwnUrl(url) ? url : `${APP_ORIGIN}/`);
  };
  webContents.on('render-process-gone', (_event, details) => {
    if (details.reason !== 'clean-exit') comeBack();
  });
  // A hung page cannot navigate: its process is ended, and its end brings the page back.
  window.on('unresponsive', () => webContents.forcefullyCrashRenderer());
  powerMonitor.on('resume', comeBack);
  window.on('closed', () => powerMonitor.off('resume', comeBack));
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
