import type { Copied, CopyJob, JobOptions, Outcome } from '../../native/index.ts';
import type { Checkpoint, Partial } from '../vault/index.ts';
import { filesOf } from './camera-files.ts';
import type { DockedCamera, IngestContext } from './docked-camera.ts';

/** Bytes between two checkpoints of a copy, and before the one gone on from that are compared with the camera. */
export const CHECKPOINT_BYTES = 64 << 20;

/**
 * Copies into a partial, going on from its checkpoint where there is one, and saves each new one beside the bytes. `saved` is
 * to be waited for: nothing is written after it, and it rejects with what the vault's disk said when one could not be saved,
 * for a disk that does not take it is not to be trusted with the rest.
 */
export async function copyIntoPartial(
  context: IngestContext,
  camera: DockedCamera,
  partial: Partial,
  { path, ...job }: Omit<CopyJob, 'source' | 'target'> & { path: Buffer },
  options: JobOptions,
): Promise<{ copied: Outcome<Copied>; saved: Promise<void> }> {
  // A hash state does not tell of holes.
  const from = job.salvage ? null : context.vault.checkpointOf(partial);
  let saved = Promise.resolve();
  const onReached = (checkpoint: Checkpoint) => {
    saved = saved.then(() => context.vault.saveCheckpoint(partial, checkpoint));
    // Waited for at the end; until then a failure is nobody's.
    saved.catch(() => undefined);
  };
  // What was copied before counts when it was read, not when it was passed over.
  const onProgress = (doneBytes: number) => options.onProgress?.(Math.max(0, doneBytes - (from?.offset ?? 0)));
  const copied = await filesOf(context, camera).copy(
    path,
    { ...job, target: partial.file },
    {
      signal: options.signal,
      onProgress,
      extraHashes: context.extraHashes(),
      checkpoints: { everyBytes: job.salvage ? 0 : context.checkpointBytes, from, onReached },
    },
  );
  return { copied, saved };
}
