import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { failed } from '../../contract/errors.ts';

/** Where this server may be asked under, and from which pages. */
export type Origins = { hosts: readonly string[]; origins: readonly string[] };

/**
 * No inline script, no other origin. Styles may be inline because the component library writes them so; that can change
 * how a page looks and nothing else.
 */
const CSP = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
/** Everything that is not a page of the screens. */
const NO_PAGE = /^\/(api|rpc|rpc-web|media|assets|health|metrics)([/?]|$)/;
/** Refusals written to the log in a minute; the next line after them says how many were not. */
const MAX_LOGGED = 20;
/** Characters of a header that a refusal repeats. */
const MAX_QUOTED = 200;

/**
 * Turns away what did not come from the station's own pages before anything looks at it: a Host that is not ours (DNS
 * rebinding), an Origin that is not ours (cross-site requests), a request the browser itself calls cross-site, a method
 * nothing here answers to. Each refusal is in the log, the first twenty of a minute.
 */
export function guard(app: FastifyInstance, { hosts, origins }: Origins, log: Logger): void {
  const logged = createRefusalLog(log);
  const refuse = (reply: FastifyReply, status: number, what: string) => {
    logged(what.slice(0, MAX_QUOTED));
    return reply.status(status).send(failed('request.refused', what.slice(0, MAX_QUOTED)));
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!METHODS.includes(request.method)) return refuse(reply.header('allow', METHODS.join(', ')), 405, `method ${request.method}`);
    if (!hosts.includes(request.headers.host ?? '')) return refuse(reply, 421, `Host ${request.headers.host ?? ''}`);
    const { origin } = request.headers;
    if (origin !== undefined && !origins.includes(origin)) return refuse(reply, 403, `Origin ${origin}`);
    if (isCrossSite(request)) return refuse(reply, 403, 'Sec-Fetch-Site cross-site');
    return undefined;
  });
}

/** Whether an address may be answered with the page of the screens, which then looks at the address itself. */
export function isPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && !NO_PAGE.test(request.url);
}

/** A link on another site may open a page of the screens; nothing else may be asked from there. */
function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(isPage(request) && request.headers['sec-fetch-mode'] === 'navigate');
}

function createRefusalLog(log: Logger): (what: string) => void {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (what) => {
    const nowMs = performance.now();
    if (nowMs - sinceMs > 60_000) {
      if (count > MAX_LOGGED) log.warn({ count: count - MAX_LOGGED }, 'more requests were refused than are in the log');
      sinceMs = nowMs;
      count = 0;
    }
    count += 1;
    if (count <= MAX_LOGGED) log.warn({ what }, 'refused a request');
  };
}
