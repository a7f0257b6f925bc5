import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import { webContract } from '../../contract/web/index.ts';
import { type Permission, ROLES, Role } from '../../contract/web/permissions.ts';

type Leaf = { '~orpc': { meta: { permission: Permission }; route: { method: string; path: string } } };
type Procedure = { name: string; permission: Permission; method: string; path: string };

function procedures(node: object, at: string[] = []): Procedure[] {
  if (!('~orpc' in node)) return Object.entries(node).flatMap(([key, child]) => procedures(child as object, [...at, key]));
  const { meta, route } = (node as Leaf)['~orpc'];
  return [{ name: at.join('.'), permission: meta.permission, method: route.method, path: route.path.replace(/\{\w+\}/, randomUUID()) }];
}

let lab: WebLab;
beforeAll(async () => {
  lab = await openWebLab();
});
afterAll(() => lab.close());

/** The status of an empty request and the code of its failure; an endless answer is left at once. */
async function knock({ method, path }: Procedure, session: string | null): Promise<{ status: number; code: string | null }> {
  const agent = new Agent();
  const response = await request(`${lab.server.url}/api/v1${path}`, {
    dispatcher: agent,
    method: method as 'GET',
    headers: {
      ...(session === null ? {} : { cookie: `evidock_session=${session}` }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    body: method === 'POST' ? '{}' : null,
  });
  const endless = String(response.headers['content-type']).startsWith('text/event-stream');
  const text = endless ? '' : await response.body.text();
  await agent.destroy();
  const json = text === '' ? null : (JSON.parse(text) as { failure?: { code: string } });
  return { status: response.statusCode, code: json?.failure?.code ?? null };
}

describe('who may do what, asked over HTTP', () => {
  test.each(Role.options)('%s may do what the table says and nothing else', async (role) => {
    for (const procedure of procedures(webContract)) {
      const { status, code } = await knock(procedure, await lab.session(role));
      const allowed = procedure.permission === 'public' || ROLES[role].includes(procedure.permission);
      if (allowed) expect([200, 400], `${role} ${procedure.name}: ${status} ${code}`).toContain(status);
      else expect({ status, code }, `${role} ${procedure.name}`).toEqual({ status: 403, code: 'session.not-allowed' });
    }
  });

  test('nobody signed in may do what is public and nothing else', async () => {
    for (const procedure of procedures(webContract)) {
      const { status, code } = await knock(procedure, null);
      if (procedure.permission === 'public') expect([200, 400], procedure.name).toContain(status);
      else expect({ status, code }, procedure.name).toEqual({ status: 401, code: 'session.needed' });
    }
  });

  test('whose roles were taken away may do nothing more with the session they had', async () => {
    const admin = await lab.session('admin');
    const officer = await lab.person(['officer']);
    const signedIn = await lab.ask('/api/v1/session', { body: { number: officer.number, pin: officer.pin } });
    const session = /evidock_session=([^;]+)/.exec(String(signedIn.headers['set-cookie']))?.[1] as string;
    expect((await lab.ask('/api/v1/cameras', { session })).status).toBe(200);
    await lab.ask('/api/v1/people/access', { session: admin, body: { number: officer.number, name: '', roles: [] } });
    expect((await lab.ask('/api/v1/cameras', { session })).status).toBe(401);
  });
});
