import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStation, serveStation } from '../../station/index.ts';
import { createStationProxy } from './proxy.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-shell-'));
  endings.push(() => fs.rmSync(made, { recursive: true }));
  return made;
}

function proxyTo(socket: string | null) {
  const proxy = createStationProxy(
    () => socket,
    () => '<h1>away</h1>',
  );
  endings.push(() => proxy.close());
  return (route: string, init?: RequestInit) => proxy.handle(new Request(`station://app${route}`, init));
}

/** A server on a real socket that shows what reaches it. */
async function serverWith(listener: http.RequestListener): Promise<string> {
  const socket = path.join(folder(), 's.sock');
  const server = http.createServer(listener).listen(socket);
  await once(server, 'listening');
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return socket;
}

test('a real station answers through the proxy, a POST with its body and an unknown path alike', async () => {
  const opened = await openStation({ data: path.join(folder(), 'data'), purpose: 'station', create: true, docks: [], mountTrees: [] });
  if (!opened.ok) throw new Error(opened.failure.code);
  endings.push(() => opened.value.close());
  const server = await serveStation(opened.value);
  if (!server.ok) throw new Error(server.failure.code);
  endings.push(() => server.value.close());
  const ask = proxyTo(server.value.socket);
  const status = await ask('/rpc/station/status', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(status.status).toBe(200);
  expect(await status.text()).toContain(opened.value.identity.stationId);
  expect((await ask('/api/v1/nowhere')).status).toBe(404);
});

test('path, query, Range, Origin and body arrive unchanged, under the host station', async () => {
  const socket = await serverWith((request, response) => {
    response.statusCode = 206;
    response.setHeader('content-range', 'bytes 2-3/9');
    const { host, origin, range, cookie } = request.headers;
    response.write(JSON.stringify({ host, origin, range, cookie, url: request.url }));
    request.pipe(response);
  });
  const headers = { range: 'bytes=2-3', origin: 'station://app', cookie: 'forged=1' };
  const answer = await proxyTo(socket)('/media/a%20b?x=%2F', { method: 'PUT', headers, body: 'body' });
  expect(answer.status).toBe(206);
  expect(answer.headers.get('content-range')).toBe('bytes 2-3/9');
  const seen = { host: 'station', origin: 'station://app', range: 'bytes=2-3', url: '/media/a%20b?x=%2F' };
  expect(await answer.text()).toBe(`${JSON.stringify(seen)}body`);
});

test('the session cookie stays with the shell and goes back to the station', async () => {
  const socket = await serverWith((request, response) => {
    if (request.url === '/sign-in') response.setHeader('set-cookie', ['sid=secret; HttpOnly; Path=/']);
    if (request.url === '/sign-out') response.setHeader('set-cookie', ['sid=; Max-Age=0']);
    response.end(request.headers.cookie ?? 'none');
  });
  const ask = proxyTo(socket);
  expect((await ask('/sign-in')).headers.get('set-cookie')).toBeNull();
  expect(await (await ask('/')).text()).toBe('sid=secret');
  await (await ask('/sign-out')).text();
  expect(await (await ask('/')).text()).toBe('none');
});

test.each(['signal', 'cancel'])('events stream as they come, and an end by %s reaches the station', async (by) => {
  const gone = Promise.withResolvers<void>();
  const socket = await serverWith((_request, response) => {
    response.on('close', () => gone.resolve());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  const abort = new AbortController();
  const answer = await proxyTo(socket)('/events', { signal: abort.signal });
  const reader = answer.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
  if (by === 'cancel') await reader?.cancel();
  else {
    abort.abort();
    await expect(reader?.read()).rejects.toThrow();
  }
  await gone.promise;
});

test.each([[null], ['/nonexistent/station.sock']])('while the station is away (%s) the page is told so', async (socket) => {
  const answer = await proxyTo(socket)('/');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ code: 'data-folder.station-unreachable' });
  // Whoever opens a page gets one for people.
  const page = await proxyTo(socket)('/units', { headers: { accept: 'text/html,*/*' } });
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([503, 'text/html; charset=utf-8', '<h1>away</h1>']);
});

test('another host of the scheme gets nothing', async () => {
  const proxy = createStationProxy(
    () => null,
    () => '',
  );
  expect((await proxy.handle(new Request('station://other/'))).status).toBe(403);
});
