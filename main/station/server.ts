import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net, { type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { RPCHandler } from '@orpc/server/fastify';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Station } from './open-station.ts';
import { createRouter } from './router.ts';
import { addWebInterface, createWebParts, MAX_BODY_BYTES } from './web/web-server.ts';

/** Longest path a Unix socket may have, less some room (unix(7): 108 bytes). */
const MAX_SOCKET_PATH = 100;
/** A connection that says nothing for this long is closed, ms; live events say something every ten seconds. */
const SILENCE_MS = 30_000;
/** A client has this long to send a request's headers, and this long for all of it, ms. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;

/** What the desktop window calls the station, on any of its sockets. */
const SHELL = { hosts: ['station'], origins: ['station://app'] };

export type StationServer = {
  socket: string;
  /** Where browsers on this machine find the station. */
  url: string;
  close(): Promise<void>;
};

export type ServeOptions = {
  /** On the loopback address; 0 takes a free one. */
  port: number;
  /** A socket for the windows of other users of this machine: whoever is in the group of this process may use it. */
  sharedSocket?: string | undefined;
};

/**
 * Serves a station twice: on a Unix socket that only its owner can open (0600, in a 0700 folder; announced beside the lock, so
 * that commands and the desktop window find it), with everything; and on the loopback address for browsers, with the web
 * interface alone. An installed service serves that on a third place, a socket for its group (0660). What is taken fails with
 * `station.port-taken` or `station.socket-taken`.
 */
export async function serveStation(station: Station, options: ServeOptions = { port: 0 }): Promise<Result<StationServer>> {
  const parts = createWebParts(station);
  const socket = socketPath(station.paths.root);
  fs.rmSync(socket, { force: true });
  const local = createApp();
  addCommands(local, station);
  await addWebInterface(local, parts, SHELL);
  await local.listen({ path: socket });
  fs.chmodSync(socket, 0o600);

  const web = createApp();
  // The guard needs the address before the first request, and the port is known only once the server listens.
  const hosts: string[] = [];
  const origins: string[] = [];
  await addWebInterface(web, parts, { hosts, origins });
  const shared = createApp();
  await addWebInterface(shared, parts, SHELL);
  const taken = (await listenOnLoopback(web, options.port)) ?? (await listenForGroup(shared, options.sharedSocket));
  if (taken) {
    await Promise.all([local.close(), web.close(), shared.close()]);
    parts.names.close();
    return taken;
  }
  const { port } = web.server.address() as { port: number };
  hosts.push(`127.0.0.1:${port}`, `localhost:${port}`);
  origins.push(`http://127.0.0.1:${port}`, `http://localhost:${port}`);
  station.lock.announce(socket);
  return done({
    socket,
    url: `http://127.0.0.1:${port}`,
    async close() {
      await Promise.all([local.close(), web.close(), shared.close()]);
      parts.names.close();
      fs.rmSync(socket, { force: true });
    },
  });
}

async function listenOnLoopback(app: FastifyInstance, port: number) {
  try {
    await app.listen({ host: '127.0.0.1', port });
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) {
      return failed('station.port-taken', String(port), error.code);
    }
    throw error;
  }
}

/** Listens on a socket that the group of this process may use; one on which somebody answers is never taken over. */
async function listenForGroup(app: FastifyInstance, socket: string | undefined) {
  if (socket === undefined) return null;
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) return failed('station.socket-taken', socket, `longer than ${MAX_SOCKET_PATH} bytes`);
  try {
    if (await isAnswered(socket)) return failed('station.socket-taken', socket, 'somebody answers there');
    // What a killed station left behind would be in the way.
    fs.rmSync(socket, { force: true });
    await app.listen({ path: socket });
    fs.chmodSync(socket, 0o660);
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return failed('station.socket-taken', socket, String(error.code));
  }
}

function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const knock = net.connect(socket);
    knock.once('connect', () => {
      knock.destroy();
      resolve(true);
    });
    knock.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false);
      else reject(error);
    });
  });
}

function createApp(): FastifyInstance {
  return fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    connectionTimeout: SILENCE_MS,
    requestTimeout: REQUEST_MS,
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, _request, reply: FastifyReply) => reply.status(error.statusCode ?? 400).send(failed('request.refused', error.code)),
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1000 },
  });
}

/** Answers what is not HTTP at all, or too large or too slow to be read, and ends the connection. */
function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = MALFORMED[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify(failed('request.refused', status));
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  // A client that goes on sending is not listened to.
  socket.once('finish', () => socket.destroy());
}

const MALFORMED: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What commands ask for over the private socket: paths of this machine, given by the user who owns it. */
function addCommands(app: FastifyInstance, station: Station): void {
  const handler = new RPCHandler(createRouter(station));
  app.all('/rpc/*', { bodyLimit: 64 * 1024 * 1024 }, async (request, reply) => {
    // A reconciliation of everything may take hours without a word.
    request.raw.socket.setTimeout(0);
    const { matched } = await handler.handle(request, reply, { prefix: '/rpc' });
    if (!matched) await reply.status(404).send(failed('request.refused', `${request.method} ${request.url}`));
  });
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
