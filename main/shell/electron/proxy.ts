import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Agent, request as send } from 'undici';
import type { ErrorCode } from '../../contract/errors.ts';
import { type CookieJar, cookieHeader, remember } from './cookie-jar.pure.ts';
import { isOwnUrl } from './navigation.pure.ts';

export type StationProxy = { handle(request: Request): Promise<Response>; close(): Promise<void> };

const AWAY: ErrorCode = 'data-folder.station-unreachable';
const BODILESS = new Set([101, 204, 205, 304]);
/** Headers of one hop, those this proxy sets itself, and encodings that nobody would undo. */
const NOT_FORWARDED = new Set(['host', 'cookie', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'accept-encoding']);
const NOT_RETURNED = new Set(['set-cookie', 'connection', 'keep-alive', 'transfer-encoding']);

/**
 * Passes requests for station://app to the socket that `socketOf` names at that moment, bodies streamed both ways. Keeps
 * the station's cookies itself. While there is no station it answers 503: a page that is opened gets `awayPage`, everything
 * else `{code}`. An aborted request rejects.
 */
export function createStationProxy(socketOf: () => string | null, awayPage: () => string): StationProxy {
  let jar: CookieJar = new Map();
  let dialled: { socket: string; agent: Agent } | null = null;

  function agentFor(socket: string): Agent {
    if (dialled?.socket === socket) return dialled.agent;
    void dialled?.agent.close();
    // No time limits: events stay open for hours, and a large export may take long to begin.
    dialled = { socket, agent: new Agent({ connect: { socketPath: socket }, headersTimeout: 0, bodyTimeout: 0 }) };
    return dialled.agent;
  }

  function away(request: Request): Response {
    const init = { status: 503, headers: { 'cache-control': 'no-store' } };
    if (!request.headers.get('accept')?.includes('text/html')) return Response.json({ code: AWAY }, init);
    return new Response(awayPage(), { ...init, headers: { ...init.headers, 'content-type': 'text/html; charset=utf-8' } });
  }

  return {
    async handle(request) {
      if (!isOwnUrl(request.url)) return new Response(null, { status: 403 });
      const socket = socketOf();
      if (socket === null) return away(request);
      const url = new URL(request.url);
      try {
        const answer = await send(`http://station${url.pathname}${url.search}`, {
          dispatcher: agentFor(socket),
          method: request.method as 'GET',
          headers: forwarded(request.headers, jar),
          body: request.body === null ? null : Readable.fromWeb(request.body as ReadableStream),
          signal: request.signal,
        });
        jar = remember(jar, listOf(answer.headers['set-cookie']), Date.now());
        return responseOf(answer.statusCode, answer.headers, answer.body);
      } catch (error) {
        if (request.signal.aborted) throw error;
        return away(request);
      }
    },
    async close() {
      await dialled?.agent.destroy();
    },
  };
}

function forwarded(headers: Headers, jar: CookieJar): Record<string, string> {
  const kept = Object.fromEntries([...headers].filter(([name]) => !NOT_FORWARDED.has(name)));
  const cookie = cookieHeader(jar);
  return cookie === null ? kept : { ...kept, cookie };
}

function responseOf(status: number, headers: Record<string, string | string[] | undefined>, body: Readable): Response {
  const returned = Object.entries(headers).filter(([name]) => !NOT_RETURNED.has(name));
  const pairs = returned.flatMap(([name, value]) => listOf(value).map((one): [string, string] => [name, one]));
  if (BODILESS.has(status)) {
    body.resume();
    return new Response(null, { status, headers: pairs });
  }
  return new Response(Readable.toWeb(body) as ConstructorParameters<typeof Response>[0], { status, headers: pairs });
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
