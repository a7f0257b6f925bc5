import type { Failure } from '../../contract/errors.ts';
import { openStation, serveStation } from '../../station/index.ts';
import type { StationMessage } from '../supervise/supervise.ts';

/** Trees below which desktops mount what is plugged in. */
const MOUNT_TREES = ['/media', '/run/media'];

/** The station as a child of the shell: `station.process DATA`. Tells its parent the socket, or why there is none; ends cleanly on SIGTERM. */
const data = process.argv[2];
if (data === undefined) throw new Error('no data folder given');
const told = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
const opened = await openStation({ data, purpose: 'station', create: true, docks: [], mountTrees: MOUNT_TREES });
if (!opened.ok) {
  giveUp(opened.failure);
}
const station = opened.value;
const server = await serveStation(station);
if (!server.ok) {
  await station.close();
  giveUp(server.failure);
}
tellParent({ kind: 'ready', socket: server.value.socket, url: server.value.url });
await told;
await server.value.close();
await station.close();
process.exit(0);

/** Tells why there is no station, for the page in place of the screens, and ends. */
function giveUp(failure: Failure): never {
  process.stderr.write(`${JSON.stringify(failure)}\n`);
  tellParent({ kind: 'failed', failure });
  process.exit(1);
}

/** Electron gives its children a parent port, Node an IPC channel. */
function tellParent(message: StationMessage) {
  const { parentPort } = process as { parentPort?: { postMessage(message: unknown): void } };
  if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}
