import fs from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

let lab: WebLab;
beforeAll(async () => {
  lab = await openWebLab();
});
afterAll(() => lab.close());

const REFUSED = { ok: false, failure: { code: 'request.refused', what: expect.any(String), detail: expect.any(String) } };

/** Sends bytes over a socket of its own and gives everything that comes back until the station closes it. */
function raw(text: string, more?: (socket: net.Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(lab.port, '127.0.0.1');
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got));
    socket.write(text);
    more?.(socket);
  });
}

const host = () => `Host: 127.0.0.1:${lab.port}\r\n`;

describe('a request that is not from our own pages', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]', ''])(
    'the name %s, as DNS rebinding gives it, is refused',
    async (name) => {
      for (const url of ['/', '/health', '/api/v1/session', '/rpc-web/session/current', '/media/items/x/original', '/nothing']) {
        const answer = await raw(`GET ${url} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
        expect(answer, url).toMatch(/^HTTP\/1\.1 421 /);
        expect(answer).toContain('"request.refused"');
      }
    },
  );

  test.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', 'station://app'])(
    'a post from the page %s is refused',
    async (origin) => {
      const session = await lab.session('admin');
      const answer = await lab.ask('/api/v1/clock', { method: 'POST', session, headers: { origin } });
      expect(answer.status).toBe(403);
      expect(answer.json).toEqual(REFUSED);
    },
  );

  test.each(['cross-site', 'same-site'])('what the browser calls %s is refused, but for a link to a page', async (site) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
    const session = await lab.session('admin');
    expect((await lab.ask('/api/v1/clock', { method: 'POST', session, headers })).status).toBe(403);
    for (const url of ['/api/v1/status', '/media/items/x/original', '/health', '/metrics', '/rpc-web/wall/ports', '/api?x']) {
      expect((await lab.ask(url, { session, headers })).status, url).toBe(403);
    }
    expect([200, 404]).toContain((await lab.ask('/', { headers })).status);
    expect((await lab.ask('/', { headers: { ...headers, 'sec-fetch-mode': 'no-cors' } })).status).toBe(403);
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])('a form as %s does nothing', async (type) => {
    const session = await lab.session('admin');
    const before = await lab.ask('/api/v1/policy', { session });
    const body = '{"key":"wall-ports","value":3}';
    const answer = await lab.ask('/api/v1/policy', { method: 'POST', session, raw: body, headers: { 'content-type': type } });
    expect([400, 415]).toContain(answer.status);
    expect(answer.json).toEqual(REFUSED);
    expect((await lab.ask('/api/v1/policy', { session })).json).toEqual(before.json);
  });

  test('every answer forbids framing, sniffing and foreign scripts, refusals too', async () => {
    for (const answer of [
      await lab.ask('/health'),
      await lab.ask('/api/v1/none'),
      await lab.ask('/health', { headers: { origin: 'http://evil.example' } }),
    ]) {
      expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });

  test('refusals are in the log, and a flood of them does not fill it', async () => {
    const fresh = await openWebLab();
    for (let n = 0; n < 60; n += 1) await fresh.ask('/health', { headers: { origin: 'http://evil.example' } });
    const log = fs.readFileSync(`${fresh.station.paths.logs}/station.log`, 'utf8');
    await fresh.close();
    expect(log).toContain('Origin http://evil.example');
    expect(log.split('refused a request').length - 1).toBe(20);
  });
});

describe('requests that nothing answers', () => {
  test.each([
    '/api',
    '/api/',
    '/api?x',
    '/api/v1',
    '/api/v1/',
    '/api/v1/none',
    '/api/v2/session',
    '/rpc-web',
    '/rpc-web/none',
    '/media',
    '/media/items',
  ])('%s is not found, and is never the page', async (url) => {
    const answer = await lab.ask(url);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual(REFUSED);
  });

  test('/rpc, what commands use, is not served over TCP', async () => {
    expect((await lab.ask('/rpc/station/status', { body: {} })).status).toBe(404);
    expect((await lab.ask('/rpc', { body: {} })).json).toEqual(REFUSED);
  });

  test.each(['TRACE', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND', 'MKCOL'])('the method %s is not allowed anywhere', async (method) => {
    for (const url of ['/', '/health', '/api/v1/session', '/rpc-web/session/current', '/media/items/x/original']) {
      const answer = await raw(`${method} ${url} HTTP/1.1\r\n${host()}Cookie: secret=1\r\nConnection: close\r\n\r\n`);
      expect(answer, url).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toContain('"request.refused"');
      expect(answer).not.toContain('secret');
    }
  });

  test('a method nobody knows, an address nobody can read and no HTTP at all are answered as a failure', async () => {
    expect(await raw(`FOO / HTTP/1.1\r\n${host()}\r\n`)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"request\.refused"/);
    expect(await raw('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"request\.refused"/);
    const answer = await lab.ask('/api/v1/%zz');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual(REFUSED);
  });

  test('a wish for a websocket is not granted', async () => {
    const wish = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n';
    for (const url of ['/', '/rpc-web/wall/ports', '/api/v1/ports']) {
      const answer = await raw(`GET ${url} HTTP/1.1\r\n${host()}${wish}\r\n`, (socket) => socket.once('data', () => socket.destroy()));
      expect(answer).toMatch(/^HTTP\/1\.1 [2-4]\d\d /);
      expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
    }
  });
});

describe('too much', () => {
  test('a body over 1 MB is refused at once and the connection is closed', async () => {
    const head = (size: number) => `POST /api/v1/session HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
    expect(await raw(head(2_000_000))).toMatch(/^HTTP\/1\.1 413 [\s\S]*"request\.refused"/);
  });

  test('a body that grows past 1 MB in chunks is refused and the connection is closed', async () => {
    const head = `POST /api/v1/session HTTP/1.1\r\n${host()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expect(await raw(head, (socket) => socket.write(chunk.repeat(20)))).toMatch(/^HTTP\/1\.1 413 [\s\S]*"request\.refused"/);
  });

  test('a case list of 16 MB is taken from somebody signed in, and not a byte of it from anybody else', async () => {
    const body = { name: 'list.json', contentBase64: Buffer.alloc(16_000_000, '[').toString('base64') };
    const answer = await lab.ask('/api/v1/cases/import', { body, session: await lab.session('supervisor') });
    expect(answer.status).toBe(200);
    expect(answer.json.failures).toHaveLength(1);
    const head = `POST /api/v1/cases/import HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: 20000000\r\n\r\n`;
    expect(await raw(head, (socket) => socket.once('data', () => socket.destroy()))).toMatch(/^HTTP\/1\.1 401 [\s\S]*"session\.needed"/);
  });

  test('headers of 10 MB are refused and the connection is closed', async () => {
    const answer = await raw(`GET /health HTTP/1.1\r\n${host()}X-Long: ${'a'.repeat(10_000_000)}\r\n\r\n`);
    // The station may close before all of it was sent; then the client sees no answer at all.
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*"request\.refused"/);
    expect((await lab.ask('/health')).status).toBe(200);
  });

  test('a thousand connections that say nothing and some that say it slowly are closed, and the station answers meanwhile', async () => {
    const openFiles = () => fs.readdirSync('/proc/self/fd').length;
    const before = openFiles();
    const idle = Array.from({ length: 1000 }, () => raw(''));
    const slow = Array.from({ length: 20 }, () =>
      raw(`GET /health HTTP/1.1\r\n${host()}X-Slow: `, (socket) => {
        const drip = setInterval(() => socket.write('a'), 500);
        socket.once('close', () => clearInterval(drip));
      }),
    );
    expect((await lab.ask('/health')).status).toBe(200);
    expect(openFiles()).toBeGreaterThan(before + 1000);
    for (const answer of await Promise.all([...idle, ...slow])) expect(answer).toMatch(/^(HTTP\/1\.1 408 [\s\S]*"request\.refused".*)?$/);
    expect((await lab.ask('/health')).status).toBe(200);
    expect(openFiles()).toBeLessThan(before + 20);
  });
});

describe('what a request may carry', () => {
  test('keys that would change every object are refused or ignored', async () => {
    const session = await lab.session('supervisor');
    for (const body of ['{"__proto__":{"polluted":1}}', '{"filter":{"__proto__":{"polluted":1}}}', '{"constructor":{"prototype":{"polluted":1}}}']) {
      expect((await lab.ask('/api/v1/recordings/search', { session, raw: body })).status, body).toBe(400);
    }
    await lab.ask('/api/v1/logs?__proto__[polluted]=1&constructor[prototype][polluted]=1&limit=1', { session });
    for (const meta of [[[0, '__proto__', 'polluted']], [[4, 'constructor', 'prototype', 'polluted']]]) {
      const answer = await lab.ask('/rpc-web/recordings/list', { session, body: { json: {}, meta } });
      expect(answer.status).toBeLessThan(500);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(['%', '_', '%%%', "' OR 1=1 --", '"', '*', '\\', '[a-z]', 'C370042%'])(
    'a search for %s finds what holds it and nothing else',
    async (search) => {
      const session = await lab.session('supervisor');
      await lab.ask('/api/v1/cameras', { session: await lab.session('admin'), body: { serial: 'C370042', profile: 'ga-pattern' } });
      await lab.ask('/api/v1/cases/import', {
        session,
        body: {
          name: 'cases.json',
          contentBase64: Buffer.from(JSON.stringify([{ number: 'A-1', title: 'Boat', kind: 'onsite-inspection' }])).toString('base64'),
        },
      });
      for (const url of ['/api/v1/recordings/search', '/api/v1/cases/search']) {
        const body = url.includes('cases') ? { search } : { filter: { search } };
        const answer = await lab.ask(url, { session, body });
        expect(answer.status).toBe(200);
        expect(answer.json.rows).toEqual([]);
      }
    },
  );

  test.each([
    ['no base64', '***'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['nothing', Buffer.from('null').toString('base64url')],
    ['objects', Buffer.from('[{"a":1},{"b":2}]').toString('base64url')],
    ['numbers', Buffer.from('[1e400,"x"]').toString('base64url')],
    ['numbers for both', Buffer.from('[1,2]').toString('base64url')],
    ['words for numbers', Buffer.from('["x","y"]').toString('base64url')],
    ['half a character', Buffer.from('["\\ud800","\\ud800"]').toString('base64url')],
  ])('a cursor made of %s is no error', async (_what, cursor) => {
    const session = await lab.session('supervisor');
    for (const sort of ['newest', 'oldest', 'longest', 'largest']) {
      expect((await lab.ask('/api/v1/recordings/search', { session, body: { cursor, sort } })).status, sort).toBe(200);
    }
    expect((await lab.ask('/api/v1/cases/search', { session, body: { cursor } })).status).toBe(200);
  });

  test('what a schema forbids is said in the form of a failure, and nothing of the inside with it', async () => {
    const answer = await lab.ask('/api/v1/recordings/search', { session: await lab.session('officer'), body: { limit: 10_000, sort: 'x' } });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual(REFUSED);
    expect(answer.json.failure.detail).toContain('limit');
    expect(answer.text).not.toContain(lab.station.paths.root);
  });
});
