import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RPCHandler } from '@orpc/server/fastify';
import fastify from 'fastify';
import type { Station } from './open-station.ts';
import { createRouter } from './router.ts';

/** Longest path a Unix socket may have, less some room (unix(7): 108 bytes). */
const MAX_SOCKET_PATH = 100;

export type StationServer = { socket: string; close(): Promise<void> };

/**
 * Serves a station's private interface on a Unix socket that only its owner can open (0600, in a 0700 folder), and
 * announces it beside the lock so that commands find it.
 */
export async function serveStation(station: Station): Promise<StationServer> {
  const socket = socketPath(station.paths.root);
  fs.rmSync(socket, { force: true });
  const app = fastify({ bodyLimit: 64 * 1024 * 1024, forceCloseConnections: true });
  const handler = new RPCHandler(createRouter(station));
  app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined));
  app.all('/rpc/*', async (request, reply) => {
    const { matched } = await handler.handle(request, reply, { prefix: '/rpc' });
    if (!matched) await reply.status(404).send();
  });
  await app.listen({ path: socket });
  fs.chmodSync(socket, 0o600);
  station.lock.announce(socket);
  return {
    socket,
    async close() {
      await app.close();
      fs.rmSync(socket, { force: true });
    },
  };
}

/** In the data folder where that is short enough, else in a private folder of the same user. */
function socketPath(root: string): string {
  const inside = path.join(root, 'station.sock');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) return inside;
  const folder = path.join(process.env['XDG_RUNTIME_DIR'] ?? os.tmpdir(), `evidock-${os.userInfo().uid}`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = fs.statSync(folder);
  if (owner.uid !== os.userInfo().uid || (owner.mode & 0o077) !== 0) throw new Error(`${folder} is not private to this user`);
  return path.join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.sock`);
}
