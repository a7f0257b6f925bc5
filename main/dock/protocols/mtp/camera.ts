import type { Result } from '../../../contract/errors.ts';
import { done } from '../../../contract/errors.ts';
import { type OpenBulk, openBulk } from '../usb-pipe.ts';
import { OPERATION } from './containers.pure.ts';
import { type MtpObjects, openMtpObjects } from './objects.ts';
import { type MtpSession, openMtpSession } from './session.ts';

export type MtpCamera = MtpObjects & {
  /** Ends the session, where there still is one. */
  release(): Promise<void>;
};

/**
 * Opens a camera that speaks MTP. One that is in the middle of something, because a station was killed or a transfer broke
 * off, is reset once. Fails with `camera.no-answer`, or with `camera.unreadable` when it shows nothing that could be read.
 */
export async function openMtpCamera(instance: string): Promise<Result<MtpCamera>> {
  const bulk = await openBulk(instance);
  if (!bulk.ok) return bulk;
  const session = await openTwice(bulk.value);
  const objects = session.ok ? await openMtpObjects(session.value) : session;
  if (!session.ok || !objects.ok) {
    await bulk.value.close();
    return objects as Result<never>;
  }
  return done({
    ...objects.value,
    async release() {
      if (!session.value.isBroken()) await session.value.ask(OPERATION.closeSession, []);
      await bulk.value.close();
    },
  });
}

async function openTwice({ pipe, reset }: OpenBulk): Promise<Result<MtpSession>> {
  const first = await openMtpSession(pipe);
  if (first.ok || !(await reset()).ok) return first;
  return openMtpSession(pipe);
}
