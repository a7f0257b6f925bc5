import { done, failed, type Result } from '../../../contract/errors.ts';
import { createTurns } from '../../../store/index.ts';
import {
  commandBytes,
  type DeviceInfo,
  deviceInfoIn,
  HEADER_BYTES,
  headerIn,
  KIND,
  MOST_RESPONSE_BYTES,
  OPERATION,
  RESPONSE,
} from './containers.pure.ts';

/** The bulk endpoints of a device. Fails with `camera.no-answer` when it takes too long, stalls, or is gone. */
export type BulkPipe = {
  send(bytes: Uint8Array): Promise<Result<void>>;
  /** What the device sends until it is this much (or a little more, to fill a packet), or it ends with a short packet. */
  receive(lengthBytes: number): Promise<Result<Uint8Array>>;
};

/** What a device answered: how it ended, and the data that came before. */
export type Answer = { code: number; data: Uint8Array };

export type MtpSession = {
  device: DeviceInfo;
  /**
   * Asks for one operation, one after the other; for data of a length that is known, with `dataBytes` of room. Fails with `camera.no-answer` when the device
   * is silent, or answers with what is no answer to this; nothing more is asked of it then.
   */
  ask(operation: number, parameters: readonly number[], dataBytes?: number): Promise<Result<Answer>>;
  isBroken(): boolean;
};

/** Enough for a million handles; a device that tells more is not believed. */
const MOST_DATASET_BYTES = 4 << 20;
/** Most datasets are shorter. */
const LIKELY_BYTES = 16 << 10;
/** Taken from the device at a time: the kernel has 16 MB for all of them. */
const MOST_TRANSFER_BYTES = 1 << 20;
/** A device may end what fills its last packet with an empty one, or not. */
const MOST_EMPTY = 2;
const SESSION = 1;

/** Opens a session. Fails with `camera.no-answer` when the device does not speak MTP, or is in the middle of something. */
export async function openMtpSession(pipe: BulkPipe): Promise<Result<MtpSession>> {
  const inTurn = createTurns();
  let transaction = 0;
  let pending = Buffer.alloc(0);
  let broken = false;

  function lost(why: string): Result<never> {
    broken = true;
    return failed('camera.no-answer', '', why);
  }

  /** The next bytes the device sent or sends. `expectedBytes`: with what is likely to follow. */
  async function take(lengthBytes: number, expectedBytes = lengthBytes): Promise<Result<Buffer>> {
    for (let empty = 0; pending.length < lengthBytes; ) {
      const received = await pipe.receive(Math.min(expectedBytes - pending.length, MOST_TRANSFER_BYTES));
      if (!received.ok) return lost(received.failure.detail);
      empty = received.value.length === 0 ? empty + 1 : 0;
      if (empty > MOST_EMPTY) return lost('nothing but empty packets');
      pending = Buffer.concat([pending, received.value]);
    }
    const taken = pending.subarray(0, lengthBytes);
    pending = pending.subarray(lengthBytes);
    return done(taken);
  }

  async function transact(operation: number, parameters: readonly number[], dataBytes?: number): Promise<Result<Answer>> {
    if (broken) return failed('camera.no-answer', '', 'did not answer before');
    const own = transaction;
    transaction = (transaction + 1) % 0xffffffff;
    const sent = await pipe.send(commandBytes(operation, own, parameters));
    if (!sent.ok) return lost(sent.failure.detail);
    const mostBytes = dataBytes ?? MOST_DATASET_BYTES;
    let data: Buffer | null = null;
    for (;;) {
      const first = await take(HEADER_BYTES, data === null ? HEADER_BYTES + (dataBytes ?? LIKELY_BYTES) : MOST_RESPONSE_BYTES);
      if (!first.ok) return first;
      const header = headerIn(first.value);
      const name = `${operation.toString(16)}: ${first.value.toString('hex')}`;
      if (header === null || header.transaction !== own) return lost(name);
      const isData = header.kind === KIND.data && header.code === operation && data === null && header.lengthBytes - HEADER_BYTES <= mostBytes;
      const isResponse = header.kind === KIND.response && header.lengthBytes <= MOST_RESPONSE_BYTES;
      if (!isData && !isResponse) return lost(name);
      const payload = await take(header.lengthBytes - HEADER_BYTES);
      if (!payload.ok) return payload;
      if (isResponse) return done({ code: header.code, data: data ?? Buffer.alloc(0) });
      data = payload.value;
    }
  }

  const ask: MtpSession['ask'] = (operation, parameters, dataBytes) => inTurn('', () => transact(operation, parameters, dataBytes));

  let opened = await ask(OPERATION.openSession, [SESSION]);
  if (opened.ok && opened.value.code === RESPONSE.sessionAlreadyOpen) {
    await ask(OPERATION.closeSession, []);
    transaction = 0;
    opened = await ask(OPERATION.openSession, [SESSION]);
  }
  if (!opened.ok) return opened;
  if (opened.value.code !== RESPONSE.ok) return lost(`OpenSession: ${opened.value.code.toString(16)}`);
  const answer = await ask(OPERATION.getDeviceInfo, []);
  if (!answer.ok) return answer;
  const device = answer.value.code === RESPONSE.ok ? deviceInfoIn(answer.value.data) : null;
  return device ? done({ device, ask, isBroken: () => broken }) : lost('GetDeviceInfo');
}
