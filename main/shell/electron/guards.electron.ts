import type { App, Session, WebContents } from 'electron';
import { isOwnUrl } from './navigation.pure.ts';

/** Refuses every permission, and every download that does not come from the station. */
export function guardSession(session: Session) {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOwnUrl(item.getURL())) event.preventDefault();
  });
}

/** Puts the guards on every page the application ever makes. */
export function guardContents(app: App) {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

function guard(contents: WebContents) {
  contents.on('will-navigate', (event) => refuseForeign(event, event.url));
  contents.on('will-redirect', (event) => refuseForeign(event, event.url));
  contents.on('will-frame-navigate', (event) => refuseForeign(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function refuseForeign(event: { preventDefault(): void }, url: string) {
  if (!isOwnUrl(url)) event.preventDefault();
}
