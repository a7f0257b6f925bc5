import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

const MINUTE = 60_000;
let nowMs = Date.UTC(2026, 2, 2, 6);
let lab: WebLab;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 2, 2, 6);
  lab = await openWebLab({ nowMs: () => nowMs });
});
afterEach(() => lab.close());

const signIn = (number: string, pin: string, more: object = {}, session?: string) =>
  lab.ask('/api/v1/session', { body: { number, pin, ...more }, ...(session === undefined ? {} : { session }) });
const tokenOf = (answer: Answer) => /evidock_session=([^;]*)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '';
const codeOf = (answer: Answer) => answer.json.failure?.code ?? null;
const isSignedIn = async (session: string) => (await lab.ask('/api/v1/session', { session })).json.session !== null;
const entries = (type: string) =>
  (lab.station.ledger.reader.prepare('SELECT count(*) AS n FROM entries WHERE type = ?').get(type) as { n: number }).n;

describe('guessing a PIN', () => {
  test('the fifth wrong one locks the number for 15 minutes, and the right one does not help', async () => {
    const { number, pin } = await lab.person(['officer']);
    for (let n = 0; n < 4; n += 1) expect(codeOf(await signIn(number, '0000'))).toBe('session.wrong');
    expect(codeOf(await signIn(number, '0000'))).toBe('session.locked');
    expect(codeOf(await signIn(number, pin))).toBe('session.locked');
    expect(entries('session.locked')).toBe(1);
    nowMs += 15 * MINUTE + 1;
    expect((await signIn(number, pin)).json.ok).toBe(true);
  });

  test('a number nobody has is answered word for word like one that somebody has', async () => {
    const { number } = await lab.person(['officer']);
    const unknown = '9999999';
    for (let n = 0; n < 6; n += 1) {
      const [known, other] = [await signIn(number, '0000'), await signIn(unknown, '0000')];
      expect(other.status).toBe(known.status);
      expect(other.text.replaceAll(unknown, 'N')).toBe(known.text.replaceAll(number, 'N'));
      expect(Object.keys(other.headers).sort()).toEqual(Object.keys(known.headers).sort());
    }
    expect(entries('session.locked')).toBe(1);
  });

  test('guesses sent all at once are counted all the same', async () => {
    const { number, pin } = await lab.person(['officer']);
    const guesses = Array.from({ length: 20 }, () => signIn(number, '0000'));
    const answers = await Promise.all([...guesses, signIn(number, pin)]);
    expect(answers.filter((answer) => codeOf(answer) === 'session.wrong').length).toBeLessThanOrEqual(4);
    expect(answers.at(-1)?.json.ok).toBe(false);
  });

  test('a right PIN forgets the wrong ones before it', async () => {
    const { number, pin } = await lab.person(['officer']);
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 4; n += 1) await signIn(number, '0000');
      expect((await signIn(number, pin)).json.ok).toBe(true);
    }
  });

  test('after 30 tries in a minute nobody may try, however the address is written', async () => {
    for (let n = 0; n < 30; n += 1) await signIn(`77${n}`, '0000');
    for (const url of ['/api/v1/session', '/api/v1/session?x=1', '/api/v1/session/', '/api/v1/sess%69on']) {
      const answer = await lab.ask(url, { body: { number: '1', pin: '0000' } });
      expect([404, 429], url).toContain(answer.status);
      expect(codeOf(answer)).toBe('request.refused');
    }
    expect((await lab.ask('/rpc-web/session/signIn', { body: { json: { number: '1', pin: '0000' } } })).status).toBe(429);
    const code = lab.station.setUpCode.renew();
    expect((await lab.ask('/api/v1/session/set-up', { body: { code, number: '1', name: 'A', pin: '1234' } })).status).toBe(429);
    expect((await lab.ask('/health')).status).toBe(200);
  });

  test('a lock made by a clock that ran ahead does not last until that time comes', async () => {
    const { number, pin } = await lab.person(['officer']);
    nowMs += 365 * 24 * 60 * MINUTE;
    for (let n = 0; n < 5; n += 1) await signIn(number, '0000');
    nowMs -= 365 * 24 * 60 * MINUTE;
    expect((await signIn(number, pin)).json.ok).toBe(true);
  });
});

describe('a session', () => {
  test('its cookie is for this host alone, out of reach of scripts, and ends with the browser', async () => {
    const { number, pin } = await lab.person(['officer']);
    const cookie = String((await signIn(number, pin)).headers['set-cookie']);
    expect(cookie).toMatch(/^evidock_session=[\w-]{43}; /);
    for (const flag of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(flag);
    expect(cookie).not.toMatch(/Expires|Max-Age|Domain/);
  });

  test('a token stolen before the sign-out is worth nothing after it', async () => {
    const { number, pin } = await lab.person(['officer']);
    const session = tokenOf(await signIn(number, pin));
    expect(await isSignedIn(session)).toBe(true);
    expect((await lab.ask('/api/v1/session', { method: 'DELETE', session })).json).toEqual({ signedOut: true });
    expect(await isSignedIn(session)).toBe(false);
    expect((await lab.ask('/api/v1/cameras', { session })).status).toBe(401);
  });

  test('a token planted before the sign-in is not the one that is signed in, and the former session ends', async () => {
    const { number, pin } = await lab.person(['officer']);
    const planted = 'A'.repeat(43);
    const first = tokenOf(await signIn(number, pin, {}, planted));
    expect(first).not.toBe(planted);
    expect(await isSignedIn(planted)).toBe(false);
    const second = tokenOf(await signIn(number, pin, {}, first));
    expect(await isSignedIn(first)).toBe(false);
    expect(await isSignedIn(second)).toBe(true);
  });

  test('ends a minute after the last touch; asking who is signed in, lists and pictures do not keep it', async () => {
    const session = await lab.session('officer');
    nowMs += 40_000;
    expect(await isSignedIn(session)).toBe(true);
    await lab.ask('/api/v1/cameras', { session });
    nowMs += 19_000;
    expect((await lab.ask('/api/v1/session/touch', { method: 'POST', session })).status).toBe(200);
    nowMs += 59_000;
    expect(await isSignedIn(session)).toBe(true);
    nowMs += 2000;
    expect(await isSignedIn(session)).toBe(false);
    expect((await lab.ask('/api/v1/session/touch', { method: 'POST', session })).status).toBe(401);
  });

  test('is not kept alive by a clock that is set back', async () => {
    const session = await lab.session('officer');
    nowMs -= 24 * 60 * MINUTE;
    expect(await isSignedIn(session)).toBe(false);
  });

  test.each(['', 'x', '../../etc', '%00', 'A'.repeat(4000), '" OR 1=1', '__proto__'])('the made-up token "%s" is nobody', async (token) => {
    expect(await isSignedIn(encodeURIComponent(token))).toBe(false);
  });
});

describe('the one-time code of the console', () => {
  const setUp = (code: string) => lab.ask('/api/v1/session/set-up', { body: { code, number: '110', name: '王一', pin: '135790' } });
  const other = (code: string) => `${code.startsWith('0') ? '1' : '0'}${code.slice(1)}`;

  test('makes one admin, once', async () => {
    expect((await lab.ask('/api/v1/session')).json.needsSetUp).toBe(true);
    const code = lab.station.setUpCode.renew();
    const made = await setUp(code);
    expect(made.json.value.roles).toEqual(['admin']);
    expect((await lab.ask('/api/v1/policy', { session: tokenOf(made) })).status).toBe(200);
    expect((await lab.ask('/api/v1/session')).json.needsSetUp).toBe(false);
    expect(codeOf(await setUp(code))).toBe('session.code-wrong');
  });

  test('is used up by five wrong tries', async () => {
    const code = lab.station.setUpCode.renew();
    for (let n = 0; n < 5; n += 1) expect(codeOf(await setUp(other(code)))).toBe('session.code-wrong');
    expect(codeOf(await setUp(code))).toBe('session.code-wrong');
    expect((await setUp(lab.station.setUpCode.renew())).json.ok).toBe(true);
  });

  test('without one, nothing is right', async () => {
    for (const code of ['00000000', '0000-0000']) expect(codeOf(await setUp(code))).toBe('session.code-wrong');
  });

  test('gives a locked-out admin a way in, and ends what was signed in under the number', async () => {
    const made = await setUp(lab.station.setUpCode.renew());
    for (let n = 0; n < 5; n += 1) await signIn('110', '0000');
    const again = await setUp(lab.station.setUpCode.renew());
    expect(again.json.ok).toBe(true);
    expect(await isSignedIn(tokenOf(made))).toBe(false);
    expect((await signIn('110', '135790')).json.ok).toBe(true);
  });
});

test('a one-time PIN has to be changed at first use, and is then worth nothing', async () => {
  const admin = await lab.session('admin');
  const given = await lab.ask('/api/v1/people/access', { session: admin, body: { number: '220', name: '李二', roles: ['officer'] } });
  const { oneTimePin } = given.json.value;
  expect(oneTimePin).toMatch(/^\d{6}$/);
  expect(codeOf(await signIn('220', oneTimePin))).toBe('session.new-pin-needed');
  expect(codeOf(await signIn('220', oneTimePin, { newPin: oneTimePin }))).toBe('session.new-pin-needed');
  expect((await signIn('220', oneTimePin, { newPin: '864209' })).json.ok).toBe(true);
  expect(codeOf(await signIn('220', oneTimePin))).toBe('session.wrong');
  expect((await signIn('220', '864209')).json.ok).toBe(true);
});

test('every screen is told the zone whose clocks the station tells its times by, and hears of another', async () => {
  const zone = async () => (await lab.ask('/api/v1/session')).json.zone;
  expect(await zone()).toBe('Asia/Shanghai');
  const admin = await lab.session('admin');
  await lab.ask('/api/v1/policy', { session: admin, body: { key: 'camera-zone', value: 'Asia/Urumqi' } });
  expect(await zone()).toBe('Asia/Urumqi');
});
