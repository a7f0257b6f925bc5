import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import { Count, SizeBytes, Uuid } from '../values.ts';
import { outcomeOf } from './outcome.ts';

export const ForwardReport = z.object({
  destination: z.string(),
  forwarded: Count,
  items: Count,
  bytes: SizeBytes,
  waiting: Count,
  segments: Count,
  failures: z.array(Failure),
});
export type ForwardReport = z.infer<typeof ForwardReport>;

export const ReconcileReport = z.object({
  destination: z.string().nullable(),
  source: z.string().nullable(),
  same: Count,
  missing: Count,
  differs: Count,
  extra: Count,
  waiting: Count,
  /** Differences nobody has explained; 0 means reconciled. */
  open: Count,
  hashMismatch: z.boolean(),
  differences: z.array(Failure),
});
export type ReconcileReport = z.infer<typeof ReconcileReport>;

export const archiveContract = {
  destinations: oc.output(
    z.array(z.object({ id: Uuid, name: z.string(), kind: z.string(), sameDisk: z.boolean(), receipts: Count, waiting: Count })),
  ),
  addDestination: oc
    .input(z.object({ name: z.string(), folder: z.string().min(1) }))
    .output(outcomeOf(z.object({ id: Uuid, name: z.string(), sameDisk: z.boolean() }))),
  testDestination: oc.input(z.object({ name: z.string() })).output(outcomeOf(z.object({ name: z.string(), elapsedMs: Count }))),
  forward: oc.input(z.object({ to: z.string().nullable(), onlyFailed: z.boolean().default(false) })).output(outcomeOf(z.array(ForwardReport))),
  reconcile: oc
    .input(z.object({ source: z.string().nullable(), to: z.string().nullable(), report: z.string().nullable() }))
    .output(outcomeOf(ReconcileReport)),
};
