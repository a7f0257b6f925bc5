import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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

/**
 * Turns away what did not come from the station's own pages before anything looks at it: a Host that is not ours (DNS
 * rebinding), an Origin that is not ours (cross-site requests), a request the browser itself calls cross-site.
 */
export function guard(app: FastifyInstance, { hosts, origins }: Origins): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!hosts.includes(request.headers.host ?? '')) return refuse(reply, 421, `Host ${request.headers.host ?? ''}`);
    const { origin } = request.headers;
    if (origin !== undefined && !origins.includes(origin)) return refuse(reply, 403, `Origin ${origin}`);
    if (isCrossSite(request)) return refuse(reply, 403, 'Sec-Fetch-Site cross-site');
    return undefined;
  });
}

/** A link on another site may open the start page; nothing else may be asked from there. */
function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate');
}

function refuse(reply: FastifyReply, status: number, what: string): FastifyReply {
  return reply.status(status).send(failed('request.refused', what));
}
