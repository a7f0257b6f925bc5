import type { LiveDocking, PutFirst, SteeringAct } from '../contract/api/docking.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Station } from './open-station.ts';

/**
 * Pauses, resumes, cancels or puts first what a port copies; fails with `docking.not-copying`. Of these only cancelling
 * concerns custody, and is on the ledger: the others change when bytes are copied, not which. All are in the log.
 */
export async function steer(station: Station, { port, act }: { port: number; act: SteeringAct }, by: Actor): Promise<Result<LiveDocking>> {
  const steered = await station.dockings.steer(port, act, by);
  if (!steered) return failed('docking.not-copying', String(port));
  station.log.info({ port, act, by }, 'copying was steered');
  return done(steered);
}

/** Puts a clip, or an officer's files, before everything else that waits; fails with `docking.not-copying` when none does. */
export function putFilesFirst(station: Station, wanted: PutFirst, by: Actor): Result<{ files: number }> {
  const files = station.dockings.putFilesFirst(wanted);
  const what = 'clip' in wanted ? `${wanted.port}: ${wanted.clip}` : wanted.officer;
  if (files === 0) return failed('docking.not-copying', what);
  // What the files are called stays out of the log.
  station.log.info({ ...('port' in wanted ? { port: wanted.port } : {}), files, by }, 'files were put first');
  return done({ files });
}
