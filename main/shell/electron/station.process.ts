import { openStation, serveStation } from '../../station/index.ts';
import type { StationMessage } from './supervise.ts';

/** Trees below which desktops mount what is plugged in. */
const MOUNT_TREES = ['/media', '/run/media'];

/** The station as a child of the shell: `station.process DATA`. Tells its parent the socket; ends cleanly on SIGTERM. */
const data = process.argv[2];
if (data === undefined) throw new Error('no data folder given');
const told = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
const opened = await openStation({ data, purpose: 'station', create: true, docks: [], mountTrees: MOUNT_TREES });
if (!opened.ok) {
  process.stderr.write(`${JSON.stringify(opened.failure)}\n`);
  process.exit(1);
}
const station = opened.value;
const server = await serveStation(station);
if (!server.ok) {
  process.stderr.write(`${JSON.stringify(server.failure)}\n`);
  await station.close();
  process.exit(1);
}
tellParent({ kind: 'ready', socket: server.value.socket });
await told;
await server.value.close();
await station.close();
process.exit(0);

/** Electron gives its children a parent port, Node an IPC channel. */
function tellParent(message: StationMessage) {
  const { parentPort } = process as { parentPort?: { postMessage(message: unknown): void } };
  if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}
