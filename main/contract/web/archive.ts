import { z } from 'zod';
import { ForwardReport, ReconcileReport } from '../api/archive.ts';
import { outcomeOf } from '../api/outcome.ts';
import { Failure } from '../errors.ts';
import { Count, Uuid } from '../values.ts';
import { needs } from './base.ts';

export const DestinationRow = z.object({
  id: Uuid,
  name: z.string(),
  kind: z.string(),
  sameDisk: z.boolean(),
  receipts: Count,
  waiting: Count,
  /** Why the last unit did not go; null when the last one went. */
  trouble: Failure.nullable(),
  lastReceiptAt: z.string().nullable(),
  /** Whether it is left alone for a while because it failed by itself, again and again. */
  breaker: z.object({
    /** `open`: left alone until `until`; `half-open`: that is over, the next try shows how it is. */
    standing: z.enum(['closed', 'open', 'half-open']),
    failures: Count,
    until: z.string().nullable(),
    reason: Failure.nullable(),
  }),
});
export type DestinationRow = z.infer<typeof DestinationRow>;

export const QueueRow = z.object({
  unitId: Uuid,
  destination: z.string(),
  camera: z.string(),
  startLocal: z.string().nullable(),
  attempts: Count,
  failure: Failure.nullable(),
});
export type QueueRow = z.infer<typeof QueueRow>;

export const archiveWebContract = {
  destinations: needs('archive.read')
    .route({ method: 'GET', path: '/destinations', summary: 'Archives, and what each holds and lacks' })
    .output(z.array(DestinationRow)),
  /** What waits, failures first; at most 500. */
  queue: needs('archive.read').route({ method: 'GET', path: '/queue', summary: 'What waits to be archived' }).output(z.array(QueueRow)),
  test: needs('archive.run')
    .route({ method: 'POST', path: '/destinations/{name}/test', summary: 'Write, read back, remove' })
    .input(z.object({ name: z.string().max(32) }))
    .output(outcomeOf(z.object({ name: z.string(), elapsedMs: Count }))),
  forward: needs('archive.run')
    .route({ method: 'POST', path: '/forward', summary: 'Push what waits, or only what failed, now; a destination that rests is asked too' })
    .input(z.object({ to: z.string().max(32).nullable(), onlyFailed: z.boolean().default(false) }))
    .output(outcomeOf(z.array(ForwardReport))),
  reconcile: needs('archive.run')
    .route({ method: 'POST', path: '/reconcile', summary: 'Compare vault and archive item by item' })
    .input(z.object({ to: z.string().max(32) }))
    .output(outcomeOf(ReconcileReport)),
};
