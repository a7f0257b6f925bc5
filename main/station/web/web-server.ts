import fs from 'node:fs';
import path from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { onError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failed } from '../../contract/errors.ts';
import { createSessions, type Session } from '../../identity/index.ts';
import { PROGRAM, type Station } from '../open-station.ts';
import { headOf } from '../status.ts';
import { guard, type Origins } from './guards.ts';
import { mediaRoutes } from './media-routes.ts';
import { createMetrics } from './metrics.ts';
import { createNames } from './names.ts';
import type { WebContext, WebParts } from './web-context.ts';
import { createWebRouter } from './web-router.ts';

/** Largest body of a request; a case list of 16 MB in base64 fits. */
export const MAX_BODY_BYTES = 24 * 1024 * 1024;
const COOKIE = 'evidock_session';
/** The screens as they were built; a checkout that has not built them serves the interface alone. */
const SCREENS = path.join(import.meta.dirname, '../../../build/.cache/renderer');
/** Requests a minute: sign-ins, where guessing has to be slow, and everything else, where only a runaway is stopped. */
const LIMITS = { signIn: 30, other: 12_000 };

/** What the web interface of a station needs beside the station, made once for all its listeners. */
export function createWebParts(station: Station): WebParts {
  const idleMs = () => station.policy('sign-out-after-seconds') * 1000;
  return {
    station,
    sessions: createSessions(station.work, () => Date.parse(station.clock.now()), idleMs),
    names: createNames(station.ledger),
  };
}

/**
 * Adds the web interface to a server: screens, `/api/v1` (OpenAPI), `/rpc-web` (for the bundled screens), `/media`,
 * `/health`, `/metrics`. Every request passes the guard first; no path a client sends reaches the file system.
 */
export async function addWebInterface(app: FastifyInstance, parts: WebParts, origins: Origins): Promise<void> {
  guard(app, origins);
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    timeWindow: 60_000,
    max: (request) => (isSignIn(request) ? LIMITS.signIn : LIMITS.other),
    keyGenerator: (request) => (isSignIn(request) ? 'sign-in' : 'other'),
    errorResponseBuilder: (_request, { after }) => ({ statusCode: 429, ...failed('request.refused', `too many requests, again after ${after}`) }),
  });
  const sessionOf = (request: FastifyRequest): Session | null => parts.sessions.find(request.cookies[COOKIE] ?? null);
  addProcedures(app, parts, sessionOf);
  mediaRoutes(app, parts, sessionOf);
  const metrics = createMetrics(parts);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.get('/health', async () => ({ ok: true, station: parts.station.identity.stationCode, version: PROGRAM, head: headOf(parts.station).seq }));
  app.addHook('onClose', async () => metrics.close());
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) parts.station.log.error({ err: error, method: request.method }, 'a request failed');
    return reply.status(status).send(failed(status >= 500 ? 'internal.bug' : 'request.refused', error.message));
  });
  await addScreens(app);
}

function isSignIn(request: FastifyRequest): boolean {
  return request.method === 'POST' && /\/session(\/(signIn|setUp|set-up))?$/.test(request.url);
}

function addProcedures(app: FastifyInstance, parts: WebParts, sessionOf: (request: FastifyRequest) => Session | null): void {
  const router = createWebRouter();
  const handlers = {
    '/rpc-web': new RPCHandler(router, { interceptors: [onError((error) => reportBug(parts.station, error))] }),
    '/api/v1': new OpenAPIHandler(router, { interceptors: [onError((error) => reportBug(parts.station, error))] }),
  };
  app.get('/api/v1/openapi.json', async (_request, reply) => reply.type('application/json').send(OPENAPI));
  for (const [prefix, handler] of Object.entries(handlers)) {
    app.all(`${prefix}/*`, async (request, reply) => {
      const context = contextOf(parts, request, reply, sessionOf(request));
      const { matched } = await handler.handle(request, reply, { prefix: prefix as '/rpc-web', context });
      if (!matched) await reply.status(404).send(failed('request.refused', `${request.method} ${request.url}`));
    });
  }
}

const OPENAPI = fs.readFileSync(new URL('../../contract/web/openapi.json', import.meta.url));

function contextOf(parts: WebParts, request: FastifyRequest, reply: FastifyReply, session: Session | null): WebContext {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return {
    ...parts,
    session,
    signal: gone.signal,
    setToken(token) {
      const options = { path: '/', httpOnly: true, sameSite: 'strict' as const, secure: request.protocol === 'https' };
      if (token === null) reply.clearCookie(COOKIE, options);
      else reply.setCookie(COOKIE, token, options);
    },
  };
}

/** An error a procedure did not mean to give is a bug; what it refused on purpose is not. */
function reportBug(station: Station, error: unknown): void {
  if (error instanceof Error && 'defined' in error && error.defined === true) return;
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) return;
  station.log.error({ err: error }, 'a procedure threw: this is a bug');
}

/** The built screens; every address of theirs that is no file is the one page, which then looks at the address. */
async function addScreens(app: FastifyInstance): Promise<void> {
  if (!fs.existsSync(path.join(SCREENS, 'index.html'))) return;
  await app.register(fastifyStatic, { root: SCREENS, wildcard: false, immutable: true, maxAge: '365d', index: false });
  const page = (reply: FastifyReply) => reply.header('cache-control', 'no-store').sendFile('index.html', { maxAge: 0, immutable: false });
  app.get('/', async (_request, reply) => page(reply));
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method === 'GET' && !/^\/(api|rpc|rpc-web|media|assets)(\/|$)/.test(request.url)) return page(reply);
    return reply.status(404).send(failed('request.refused', `${request.method} ${request.url}`));
  });
}
