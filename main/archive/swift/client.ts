import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { ConnectionFile } from './connection-file.ts';
import { isStatus, NotTrustedError, SwiftError } from './errors.ts';

/** A body is sent again when a token ran out or a kept connection turned out to be closed. */
export type Body = { sizeBytes: number; open(): Readable } | Buffer;
export type Asked = { headers?: Record<string, string>; body?: Body; signal?: AbortSignal | undefined };
export type Answer = { status: number; header(name: string): string | null; body: http.IncomingMessage };

type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
type Session = { token: string; storage: URL };

/** Connections open at once. */
const SOCKETS = 8;
/** A server that says nothing to `Expect: 100-continue` is sent the body after this time, as curl does. */
const CONTINUE_MS = 1000;
/** Of what a server says about an error, bytes that are kept. */
const SAID_BYTES = 200;

/**
 * Speaks Swift's HTTP, authenticated as in `/auth/v1.0`. A token that ran out is renewed once for each request, whoever asks
 * at the time. `silenceMs` without a byte and the far end is taken for dead. Throws `SwiftError` for an answer that is no
 * success, and what Node says of a connection; the secret is in neither.
 */
export function createClient(connection: ConnectionFile, silenceMs: number) {
  const authorities = connection.HTTPSCertificate;
  const options = { keepAlive: true, maxSockets: SOCKETS };
  const agents = {
    'http:': new http.Agent(options),
    'https:': new https.Agent(authorities.length === 0 ? options : { ...options, ca: authorities }),
  };
  let session: Promise<Session> | null = null;

  function authenticated(): Promise<Session> {
    session ??= authenticate().catch((error: unknown) => {
      session = null;
      throw error;
    });
    return session;
  }

  /** The first of the addresses that answers is believed. */
  async function authenticate(): Promise<Session> {
    let last: unknown;
    for (const address of connection.AuthenticationTokenURI) {
      try {
        return await authenticateAt(new URL(address));
      } catch (error) {
        if (isStatus(error, 401)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async function authenticateAt(url: URL): Promise<Session> {
    const headers = { 'X-Auth-User': connection.BlobAPIUserName, 'X-Auth-Key': connection.BlobAPIKey };
    const answer = await exchange('GET', url, { headers });
    const said = await read(answer, SAID_BYTES);
    // Ceph says 403 here of a key that is no good.
    if (answer.status === 401 || answer.status === 403) throw new SwiftError(401, `GET ${url.pathname}`, oneLine(said));
    const [token, storage] = [answer.header('x-auth-token'), answer.header('x-storage-url')];
    if (answer.status >= 300 || token === null || storage === null) throw new SwiftError(answer.status, `GET ${url.pathname}`, oneLine(said));
    const to = new URL(storage);
    if (url.protocol === 'https:' && to.protocol !== 'https:') throw new NotTrustedError(`${url.host} hands over to ${to.origin}, without TLS`);
    return { token, storage: to };
  }

  /** Asks about a path below the account: parts that are percent-encoded already, and a query. */
  async function ask(method: Method, path: string, asked: Asked = {}): Promise<Answer> {
    const using = authenticated();
    const answer = await askOnce(method, path, asked, await using);
    if (answer.status !== 401) return successOf(method, path, answer);
    await read(answer, SAID_BYTES);
    // Somebody else may have renewed it meanwhile.
    if (session === using) session = null;
    return successOf(method, path, await askOnce(method, path, asked, await authenticated()));
  }

  function askOnce(method: Method, path: string, { headers, ...asked }: Asked, { token, storage }: Session): Promise<Answer> {
    const url = new URL(`${storage.href.replace(/\/$/, '')}/${path}`);
    return exchange(method, url, { ...asked, headers: { ...headers, 'X-Auth-Token': token } });
  }

  async function exchange(method: Method, url: URL, asked: Asked): Promise<Answer> {
    for (;;) {
      const sent = send(method, url, asked);
      try {
        return await sent.answer;
      } catch (error) {
        // The server closed a kept connection just when it was used; such a one is met only once.
        if (!sent.reused() || asked.signal?.aborted) throw error;
      }
    }
  }

  function send(method: Method, url: URL, { headers = {}, body, signal }: Asked) {
    const sizeBytes = body === undefined ? null : Buffer.isBuffer(body) ? body.length : body.sizeBytes;
    const streams = body !== undefined && !Buffer.isBuffer(body);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent: agents[url.protocol as keyof typeof agents],
      timeout: silenceMs,
      ...(signal ? { signal } : {}),
      headers: {
        ...headers,
        ...(sizeBytes === null ? {} : { 'Content-Length': sizeBytes }),
        // So that a refusal comes before the bytes, and not in the middle of them.
        ...(streams ? { Expect: '100-continue' } : {}),
      },
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      request.once('timeout', () => request.destroy(Object.assign(new Error(`no byte for ${silenceMs} ms`), { code: 'ETIMEDOUT' })));
      request.on('error', reject);
      const stopSending = streams ? sendBody(request, body, reject) : () => undefined;
      request.once('response', (message) => {
        stopSending(message);
        const { statusCode = 0, headers: told } = message;
        const header = (name: string) => (typeof told[name] === 'string' ? told[name] : null);
        resolve({ status: statusCode, header, body: message });
      });
      if (!streams) request.end(body);
    });
    return { answer, reused: () => request.reusedSocket };
  }

  return {
    ask,
    /** The same where there may be nothing: null then. */
    async find(method: 'GET' | 'HEAD', path: string, asked: Asked = {}): Promise<Answer | null> {
      try {
        return await ask(method, path, asked);
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
export type SwiftClient = ReturnType<typeof createClient>;

/** Sends a stream once the server wants it; gives what ends that when the server has answered already. */
function sendBody(
  request: http.ClientRequest,
  body: Exclude<Body, Buffer>,
  reject: (error: unknown) => void,
): (answer: http.IncomingMessage) => void {
  let source: Readable | null = null;
  let answered = false;
  const begin = () => {
    clearTimeout(patience);
    if (source !== null || answered || request.destroyed) return;
    source = body.open();
    source.once('error', (error) => {
      reject(error);
      request.destroy();
    });
    source.pipe(request);
  };
  const patience = setTimeout(begin, CONTINUE_MS);
  request.once('continue', begin);
  request.once('close', () => {
    clearTimeout(patience);
    source?.destroy();
  });
  return (answer) => {
    answered = true;
    clearTimeout(patience);
    if (request.writableEnded) return;
    source?.unpipe(request);
    source?.destroy();
    // The connection holds half a request: it is of no use to another one.
    answer.once('close', () => request.destroy());
  };
}

async function successOf(method: Method, path: string, answer: Answer): Promise<Answer> {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    if (method !== 'GET') await read(answer, SAID_BYTES);
    return answer;
  }
  throw new SwiftError(status, `${method} ${decodeURIComponent(path)}`, oneLine(await read(answer, SAID_BYTES)));
}

/** So much of an answer; the rest is let go by, so that the connection can be used again. */
export async function read({ body }: Answer, bytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    if (sizeBytes < bytes) pieces.push(piece);
    sizeBytes += piece.length;
  }
  return Buffer.concat(pieces).subarray(0, bytes).toString('utf8');
}

const oneLine = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
