import { done, failed, type Result } from '../../contract/errors.ts';
import type { LocalDateTime } from '../../contract/values.ts';
import { tellingSerial } from '../linux/usb-tree.pure.ts';
import type { CameraDriver, CameraIdentity, CameraPassword, ClockReading, ControlPipe, ControlRequest, Timer } from './driver.ts';

// A message is `A1 B2 C3 D4 00`, three bytes of command, `00`, and a payload filled up with zeros to the command's length. The
// answer is as long as the message; its byte 6 is 80 for yes, and its payload begins at byte 9. README.md says where this is from.
const SEND: ControlRequest = { request: 85, value: 0xaa, index: 0 };
const ASK: ControlRequest = { request: 85, value: 0, index: 0 };
const MAGIC = [0xa1, 0xb2, 0xc3, 0xd4, 0x00];
const YES_AT = 6;
const YES = 0x80;
const PAYLOAD_AT = 9;

type Command = { code: readonly [number, number, number]; payloadBytes: number };
const PING: Command = { code: [0xe1, 0x00, 0x20], payloadBytes: 5 };
const LOGIN: Record<CameraPassword['login'], Command> = {
  user: { code: [0xe1, 0x00, 0x11], payloadBytes: 6 },
  admin: { code: [0xe1, 0x00, 0x10], payloadBytes: 6 },
};
const READ_BATTERY: Command = { code: [0xe1, 0x00, 0x70], payloadBytes: 1 };
const READ_IDENTITY: Command = { code: [0xe1, 0x00, 0x30], payloadBytes: 100 };
/**
 * No public code reads the clock. This is what the pattern of the others says: what is read ends in 0, what is written in 1.
 * So an answer counts only when it is a clock that runs.
 */
const READ_CLOCK: Command = { code: [0xe1, 0x00, 0x40], payloadBytes: 7 };
const SET_CLOCK: Command = { code: [0xe1, 0x00, 0x41], payloadBytes: 7 };
const TO_STORAGE: Command = { code: [0xe1, 0x00, 0x51], payloadBytes: 0 };

const PONG = 'ABCDE';
/** How often the clock is looked at, and for how often at most: well over a second in all. */
const CLOCK_EVERY_MS = 20;
const CLOCK_LOOKS = 100;
/** How far the clock may have gone on between being set and being echoed. */
const ECHO_MS = 2000;

/** Cameras that are locked, and talk over control transfers whose commands begin with E1 00. */
export const E1_FAMILY: CameraDriver = {
  id: 'e1-family',

  async recognise(pipe) {
    const answer = await command(pipe, PING);
    return answer.ok && String.fromCharCode(...answer.value) === PONG;
  },

  isPassword: (text) => /^[\x21-\x7e]{1,6}$/.test(text),

  async unlock(pipe, password) {
    const answer = await command(pipe, LOGIN[password.login], ascii(password.text));
    // Some say yes to any password and only refuse what comes after it.
    const proof = answer.ok ? await command(pipe, READ_BATTERY) : answer;
    if (proof.ok) return done(undefined);
    return proof.failure.code === 'camera.command-refused'
      ? failed('camera.password-wrong', '', answer.ok ? 'battery refused' : 'login refused')
      : proof;
  },

  async readIdentity(pipe) {
    const answer = await command(pipe, READ_IDENTITY);
    return answer.ok ? done(identityIn(answer.value)) : answer;
  },

  async readBattery(pipe) {
    const answer = await command(pipe, READ_BATTERY);
    if (!answer.ok) return answer;
    const [percent] = answer.value;
    return percent === undefined || percent > 100 ? failed('camera.no-answer', '', `battery ${percent}`) : done(percent);
  },

  readClock,

  async setClock(pipe, local) {
    const answer = await command(pipe, SET_CLOCK, bytesOfLocal(local));
    if (!answer.ok) return answer;
    const echo = localIn(answer.value);
    const aheadMs = echo === null ? Number.NaN : msOf(echo) - msOf(local);
    return aheadMs >= 0 && aheadMs <= ECHO_MS
      ? done(undefined)
      : failed('camera.command-refused', '', `clock shows ${echo ?? 'no time'} after ${local}`);
  },

  async switchToStorage(pipe) {
    const sent = await pipe.send(SEND, message(TO_STORAGE, []));
    if (!sent.ok) return sent;
    const answer = await pipe.ask(ASK, PAYLOAD_AT);
    // One that leaves the bus at once cannot answer any more.
    if (!answer.ok) return done(undefined);
    const read = payloadOf(TO_STORAGE, answer.value);
    return read.ok ? done(undefined) : read;
  },
};

async function readClock(pipe: ControlPipe, timer: Timer): Promise<Result<ClockReading>> {
  let former: { local: LocalDateTime; fromMs: number } | null = null;
  for (let looks = 0; looks < CLOCK_LOOKS; looks += 1) {
    const fromMs = timer.nowMs();
    const answer = await command(pipe, READ_CLOCK);
    const toMs = timer.nowMs();
    if (!answer.ok) return answer;
    const local = localIn(answer.value);
    if (local === null) return failed('camera.no-answer', '', `no date and time: ${Buffer.from(answer.value).toString('hex')}`);
    if (former !== null && local !== former.local) {
      const steps = (msOf(local) - msOf(former.local)) / 1000;
      const elapsedMs = toMs - former.fromMs;
      // One that goes on by a second in less, or jumps, is no clock; a station that was busy may have missed seconds.
      if (steps < 1 || (steps - 1) * 1000 > elapsedMs) return failed('camera.no-answer', '', `clock went from ${former.local} to ${local}`);
      const halfMs = elapsedMs / 2;
      return done({ local, at: new Date(former.fromMs + Math.round(halfMs)).toISOString(), uncertaintyMs: Math.ceil(halfMs) });
    }
    former ??= { local, fromMs };
    former.fromMs = fromMs;
    await timer.wait(CLOCK_EVERY_MS);
  }
  return failed('camera.no-answer', '', `clock stands at ${former?.local}`);
}

/** Sends a command and reads its answer's payload. */
async function command(pipe: ControlPipe, one: Command, payload: readonly number[] = []): Promise<Result<Uint8Array>> {
  const bytes = message(one, payload);
  const sent = await pipe.send(SEND, bytes);
  if (!sent.ok) return sent;
  const answer = await pipe.ask(ASK, bytes.length);
  return answer.ok ? payloadOf(one, answer.value) : answer;
}

function message({ code, payloadBytes }: Command, payload: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_AT + payloadBytes);
  bytes.set([...MAGIC, ...code]);
  bytes.set(payload.slice(0, payloadBytes), PAYLOAD_AT);
  return bytes;
}

function payloadOf({ code, payloadBytes }: Command, answer: Uint8Array): Result<Uint8Array> {
  const name = Buffer.from(code).toString('hex');
  if (answer.length !== PAYLOAD_AT + payloadBytes) return failed('camera.no-answer', '', `${name}: ${answer.length} bytes`);
  if (answer[YES_AT] !== YES) return failed('camera.command-refused', '', `${name}: ${answer[YES_AT]}`);
  return done(answer.subarray(PAYLOAD_AT));
}

const ascii = (text: string) => [...Buffer.from(text, 'ascii')];

/** Serial 7 bytes and 2 of nothing, officer's number 6 and 2, name 33 and 2, unit's number 12 and 4, name 32. */
function identityIn(block: Uint8Array): CameraIdentity {
  const serial = textIn(block.subarray(0, 7));
  return {
    serial: serial === null ? null : tellingSerial(serial),
    officerNumber: textIn(block.subarray(9, 15)),
    officerName: textIn(block.subarray(17, 50)),
    unitNumber: textIn(block.subarray(52, 64)),
    unitName: textIn(block.subarray(68, 100)),
  };
}

const GBK = new TextDecoder('gbk');

/** Text up to the first zero byte, in GBK, of which ASCII is a part; a last character that was cut in two is left out. */
function textIn(field: Uint8Array): string | null {
  const end = field.indexOf(0);
  const text = GBK.decode(end < 0 ? field : field.subarray(0, end))
    .replace(/\uFFFD$/u, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  return text === '' ? null : text;
}

function bytesOfLocal(local: LocalDateTime): number[] {
  const [year, month, day, hour, minute, second] = local.split(/\D/).map(Number) as [number, number, number, number, number, number];
  return [year >> 8, year & 0xff, month, day, hour, minute, second];
}

/** Null when the bytes are no date and time that exists. */
function localIn(bytes: Uint8Array): LocalDateTime | null {
  const [high = 0, low = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  const ms = Date.UTC(high * 256 + low, month - 1, day, hour, minute, second);
  if (Number.isNaN(ms)) return null;
  const local = new Date(ms).toISOString().slice(0, 19);
  return bytes.every((byte, n) => byte === bytesOfLocal(local)[n]) ? local : null;
}

const msOf = (local: LocalDateTime) => Date.parse(`${local}Z`);
