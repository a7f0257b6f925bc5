import fs from 'node:fs';
import path from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import { ORPCError, toORPCError } from '@orpc/client';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { RPCHandler } from '@orpc/server/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Failure, failed } from '../../contract/errors.ts';
import openapi from '../../contract/web/openapi.json' with { type: 'json' };
import { createSessions, type Session } from '../../identity/index.ts';
import { PROGRAM, type Station } from '../open-station.ts';
import { headOf } from '../status.ts';
import { guard, isPage, type Origins } from './guards.ts';
import { mediaRoutes } from './media-routes.ts';
import { createMetrics } from './metrics.ts';
import { createNames } from './names.ts';
import { createGuessLimit } from './session-handlers.ts';
import type { WebContext, WebParts } from './web-context.ts';
import { createWebRouter } from './web-router.ts';

/** Largest body of a request. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Largest body of a case list, from someone signed in; 16 MB in base64 fit. */
const MAX_IMPORT_BYTES = 24 * 1024 * 1024;
const COOKIE = 'evidock_session';
/** Where the built screens lie: seen from the sources, and from the shell's bundle. A checkout that has not built them serves the interface alone. */
const SCREENS = ['../../../build/.cache/renderer', '../../renderer'].map((folder) => path.join(import.meta.dirname, folder));
/** Requests a minute of everybody together; only a runaway is stopped. */
const MAX_REQUESTS = 12_000;

/** What the web interface of a station needs beside the station, made once for all its listeners. */
export function createWebParts(station: Station): WebParts {
  const idleMs = () => station.policy('sign-out-after-seconds') * 1000;
  return {
    station,
    sessions: createSessions(station.work, () => Date.parse(station.clock.now()), idleMs),
    names: createNames(station.ledger),
    mayGuess: createGuessLimit(),
    listening: { windows: 0 },
  };
}

/**
 * Adds the web interface to a server: screens, `/api/v1` (OpenAPI), `/rpc-web` (for the bundled screens), `/media`,
 * `/health`, `/metrics`. Every request passes the guard first; no path a client sends reaches the file system.
 */
export async function addWebInterface(app: FastifyInstance, parts: WebParts, origins: Origins): Promise<void> {
  guard(app, origins, parts.station.log);
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    timeWindow: 60_000,
    max: MAX_REQUESTS,
    keyGenerator: () => 'everybody',
    errorResponseBuilder: (_request, { after }) => Object.assign(new Error(`too many requests, again after ${after}`), { statusCode: 429 }),
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
    if (status < 500) return reply.status(status).send(failed('request.refused', error.message));
    parts.station.log.error({ err: error, method: request.method }, 'a request failed');
    // What went wrong inside may name files; it is for the log.
    return reply.status(status).send(failed('internal.bug', request.method));
  });
  await addScreens(app);
}

function addProcedures(app: FastifyInstance, parts: WebParts, sessionOf: (request: FastifyRequest) => Session | null): void {
  const router = createWebRouter();
  // A list for each handler: plugins put their own interceptors into it.
  const clientInterceptors = () => [(call: { next(): Promise<unknown> }) => withFailure(parts.station, call)];
  const handlers = {
    '/rpc-web': new RPCHandler(router, { clientInterceptors: clientInterceptors() }),
    '/api/v1': new OpenAPIHandler(router, {
      clientInterceptors: clientInterceptors(),
      customErrorResponseBodyEncoder: (error) => ({ ok: false, failure: failureOf(error) }),
    }),
  };
  const onlySignedIn = async (request: FastifyRequest, reply: FastifyReply) =>
    sessionOf(request) ? undefined : reply.status(401).send(failed('session.needed', 'cases.import'));
  app.get('/api/v1/openapi.json', async (_request, reply) => reply.type('application/json').send(OPENAPI));
  for (const [prefix, handler] of Object.entries(handlers)) {
    const handle = async (request: FastifyRequest, reply: FastifyReply) => {
      const context = contextOf(parts, request, reply, sessionOf(request));
      // A full check or a reconciliation may take hours without a word.
      if (context.session) request.raw.socket.setTimeout(0);
      const { matched } = await handler.handle(request, reply, { prefix: prefix as '/rpc-web', context });
      if (!matched) await reply.status(404).send(failed('request.refused', `${request.method} ${request.url}`));
    };
    app.post(`${prefix}/cases/import`, { bodyLimit: MAX_IMPORT_BYTES, onRequest: onlySignedIn }, handle);
    app.all(`${prefix}/*`, handle);
  }
}

const OPENAPI = JSON.stringify(openapi);

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

/** Gives every error of a procedure a failure out of the closed list; one it did not mean to give is a bug and goes to the log. */
async function withFailure(station: Station, call: { next(): Promise<unknown> }): Promise<unknown> {
  try {
    return await call.next();
  } catch (thrown) {
    const error = toORPCError(thrown);
    if (error.status >= 500) station.log.error({ err: thrown }, 'a procedure threw: this is a bug');
    if (Failure.safeParse(error.data).success) throw error;
    throw new ORPCError(error.code, { status: error.status, message: error.message, data: failureOf(error) });
  }
}

function failureOf(error: { status: number; message: string; data?: unknown }): Failure {
  const known = Failure.safeParse(error.data);
  if (known.success) return known.data;
  if (error.status >= 500) return failed('internal.bug', '').failure;
  const { data } = Issues.safeParse(error.data);
  const wrong = (data?.issues ?? []).map((issue) => `${(issue.path ?? []).map(String).join('.')}: ${issue.message}`);
  return failed('request.refused', error.message, wrong.slice(0, MAX_ISSUES).join('; ')).failure;
}

/** What a schema found wrong, as far as it is repeated. */
const MAX_ISSUES = 5;
const Issues = z.object({ issues: z.array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() })) });

/** The built screens; every address of theirs that is no file is the one page, which then looks at the address. */
async function addScreens(app: FastifyInstance): Promise<void> {
  const screens = SCREENS.find((folder) => fs.existsSync(path.join(folder, 'index.html')));
  const page = (reply: FastifyReply) => reply.header('cache-control', 'no-store').sendFile('index.html', { maxAge: 0, immutable: false });
  app.setNotFoundHandler(async (request, reply) => {
    if (screens !== undefined && isPage(request)) return page(reply);
    return reply.status(404).send(failed('request.refused', `${request.method} ${request.url}`));
  });
  if (screens === undefined) return;
  await app.register(fastifyStatic, { root: screens, wildcard: false, immutable: true, maxAge: '365d', index: false });
  app.get('/', async (_request, reply) => page(reply));
}
