import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FIRST_UNIT,
  identityBlock,
  LOCKED_CAMERA,
  type LockedCamera,
  lockedPipe,
  timerAt,
  ZHANG_WEI,
} from '../../../fixtures/cameras/locked-pipe.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { CameraPassword, ControlPipe } from './driver.ts';
import { E1_FAMILY as driver } from './e1-family.ts';

const NO_ANSWER: Result<never> = failed('camera.no-answer', '', 'stall');
const user = (text: string): CameraPassword => ({ login: 'user', text });
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.failure.code);

async function unlockedPipe(is: Partial<LockedCamera> = {}) {
  const pipe = lockedPipe(is);
  expect(await driver.unlock(pipe, user(LOCKED_CAMERA.password))).toEqual(done(undefined));
  return pipe;
}

test('is known by what it answers, and a message is what public code sends', async () => {
  const sent: string[] = [];
  const pipe = lockedPipe({});
  const send: ControlPipe['send'] = (request, bytes) => {
    sent.push(Buffer.from(bytes).toString('hex'));
    return pipe.send(request, bytes);
  };
  expect(await driver.recognise({ ...pipe, send })).toBe(true);
  expect(sent).toEqual(['a1b2c3d400e10020000000000000']);
  // One that sends back whatever it is sent speaks another protocol.
  expect(await driver.recognise({ ...pipe, ask: async (_, lengthBytes) => done(new Uint8Array(lengthBytes)) })).toBe(false);
});

test('a wrong password is tried once, and is wrong also where only the battery is kept back', async () => {
  for (const believesAnything of [false, true]) {
    const pipe = lockedPipe({ believesAnything });
    expect(code(await driver.unlock(pipe, user('654321')))).toBe('camera.password-wrong');
    expect(pipe.asked.filter((one) => one === 'e10011')).toHaveLength(1);
  }
});

test('the admin logs in as admin', async () => {
  const pipe = lockedPipe({});
  await driver.unlock(pipe, { login: 'admin', text: '123456' });
  expect(pipe.asked[0]).toBe('e10010');
});

test.each([
  ['123456', true],
  ['1', true],
  ['', false],
  ['1234567', false],
  ['12 456', false],
  ['密码', false],
  ['12345\n', false],
])('%j can be a password: %s', (text, can) => expect(driver.isPassword(text)).toBe(can));

test('names are read as GBK, up to the first zero', async () => {
  const block = identityBlock({ serial: 'C370042', officer: '012345', name: ZHANG_WEI, unit: '330100000000', unitName: FIRST_UNIT });
  expect(await driver.readIdentity(await unlockedPipe({ identity: block }))).toEqual(
    done({ serial: 'C370042', officerNumber: '012345', officerName: '张伟', unitNumber: '330100000000', unitName: '一大队' }),
  );
});

test('half a character at the end of a name is left out, and what is empty or everybody’s is nothing', async () => {
  const half = Buffer.concat([Buffer.alloc(32, ZHANG_WEI), ZHANG_WEI.subarray(0, 1)]);
  const read = await driver.readIdentity(await unlockedPipe({ identity: identityBlock({ serial: '0000000', name: half }) }));
  expect(read).toEqual(done({ serial: null, officerNumber: null, officerName: '张伟'.repeat(8), unitNumber: null, unitName: null }));
});

test('the clock is read at the moment it moves on, to within a few requests', async () => {
  const pipe = await unlockedPipe();
  const read = await driver.readClock(pipe, pipe.timer);
  if (!read.ok) throw new Error(read.failure.detail);
  const { local, at, uncertaintyMs } = read.value;
  expect(uncertaintyMs).toBeLessThanOrEqual(15);
  expect(Math.abs(Date.parse(`${local}Z`) - Date.parse(at) + 95_000)).toBeLessThanOrEqual(uncertaintyMs);
});

test('a clock is believed whatever it is off by and however slow the camera answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -1e11, max: 1e11 }), fc.integer({ min: 0, max: 2500 }), async (offsetMs, slowMs) => {
      const pipe = await unlockedPipe({ offsetMs });
      const ask: ControlPipe['ask'] = (request, lengthBytes) => {
        pipe.timer.pass(slowMs);
        return pipe.ask(request, lengthBytes);
      };
      const slow = { ...pipe, ask };
      const read = await driver.readClock(slow, pipe.timer);
      if (!read.ok) throw new Error(read.failure.detail);
      const { local, at, uncertaintyMs } = read.value;
      expect(Math.abs(Date.parse(`${local}Z`) - Date.parse(at) - offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
    }),
  );
});

test('a clock that stands, jumps, goes back, or is none is not read', async () => {
  for (const clock of ['stands', 'jumps', 'goes back', 'zeros'] as const) {
    const pipe = await unlockedPipe({ clock });
    expect(await driver.readClock(pipe, pipe.timer)).toMatchObject({ ok: false, failure: { code: 'camera.no-answer' } });
  }
});

test('a clock is set when the camera says so: it shows the time it was given', async () => {
  const pipe = await unlockedPipe();
  expect(await driver.setClock(pipe, '2026-03-02T14:03:13')).toEqual(done(undefined));
  const read = await driver.readClock(pipe, pipe.timer);
  expect(read).toMatchObject({ ok: true, value: { local: '2026-03-02T14:03:14' } });
  const deaf = await unlockedPipe({ clock: 'cannot be set' });
  expect(code(await driver.setClock(deaf, '2026-03-02T14:03:13'))).toBe('camera.command-refused');
});

test('one that leaves the bus at once has no time to say that it will', async () => {
  const pipe = await unlockedPipe();
  expect(await driver.switchToStorage(pipe)).toEqual(done(undefined));
  expect(await driver.switchToStorage({ ...pipe, ask: async () => NO_ANSWER })).toEqual(done(undefined));
  expect(code(await driver.switchToStorage(lockedPipe({})))).toBe('camera.command-refused');
  expect(code(await driver.switchToStorage({ ...pipe, send: async () => NO_ANSWER }))).toBe('camera.no-answer');
});

test('a battery above full is no answer', async () => {
  expect(code(await driver.readBattery(await unlockedPipe({ battery: 255 })))).toBe('camera.no-answer');
  expect(await driver.readBattery(await unlockedPipe())).toEqual(done(87));
});

test('an answer that is shorter or longer than the message is none, whatever it says', async () => {
  const pipe = await unlockedPipe();
  for (const more of [-100, -1, 1]) {
    const ask: ControlPipe['ask'] = async (_, lengthBytes) => done(new Uint8Array(lengthBytes + more).fill(0x80, 6, 7));
    expect(code(await driver.readIdentity({ ...pipe, ask }))).toBe('camera.no-answer');
  }
});

/** Answers of any length and content, some of them with the byte that says yes, and stalls on both ways. */
const hostile = fc.record({
  sends: fc.infiniteStream(fc.integer({ min: 0, max: 9 }).map((n) => n > 0)),
  answers: fc.infiniteStream(
    fc.oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 109, maxLength: 109 })).map(([yes, bytes]) => (yes ? bytes.fill(0x80, 6, 7) : bytes)),
    ),
  ),
  exact: fc.infiniteStream(fc.boolean()),
});

test('whatever a device answers, nothing is thrown, nothing is made up, and there is an end', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async ({ sends, answers, exact }) => {
      const timer = timerAt(0);
      let logins = 0;
      const pipe: ControlPipe = {
        send: async (_, bytes) => {
          if (bytes[5] === 0xe1 && (bytes[7] === 0x10 || bytes[7] === 0x11)) logins += 1;
          return sends.next().value ? done(undefined) : NO_ANSWER;
        },
        ask: async (_, lengthBytes) => {
          const bytes = answers.next().value;
          if (!bytes) return NO_ANSWER;
          // Otherwise next to nothing would get past the check of the length.
          return done(exact.next().value ? bytes.slice(0, lengthBytes) : bytes);
        },
      };
      expect(await driver.recognise(pipe)).toBe(false);
      const expected = expect.stringMatching(/^(ok|camera\.(no-answer|command-refused|password-wrong))$/);
      expect(code(await driver.unlock(pipe, user('123456')))).toEqual(expected);
      expect(logins).toBeLessThanOrEqual(1);
      const identity = await driver.readIdentity(pipe);
      expect(code(identity)).toEqual(expected);
      for (const text of identity.ok ? Object.values(identity.value) : []) {
        if (text === null) continue;
        expect(text).toSatisfy((one: string) => one.isWellFormed() && one.length <= 33 && !/[\p{Cc}\p{Cf}]/u.test(one));
      }
      const battery = await driver.readBattery(pipe);
      if (battery.ok) expect(battery.value).toSatisfy((percent: number) => percent >= 0 && percent <= 100);
      const clock = await driver.readClock(pipe, timer);
      if (clock.ok) expect(new Date(`${clock.value.local}Z`).toISOString().slice(0, 19)).toBe(clock.value.local);
      expect(code(await driver.setClock(pipe, '2026-03-02T14:03:13'))).toEqual(expected);
      expect(code(await driver.switchToStorage(pipe))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
