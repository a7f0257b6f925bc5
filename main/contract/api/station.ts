import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import { RunId } from '../long-run.ts';
import { PolicyKey } from '../policy.ts';
import { Count, Hash256, SizeBytes, Uuid } from '../values.ts';
import { outcomeOf } from './outcome.ts';

export const Head = z.object({ seq: Count, hash: Hash256 });

export const StatusReport = z.object({
  station: z.object({ id: Uuid, code: z.string(), running: z.boolean(), clock: z.string(), engine: z.string() }),
  ledger: z.object({ head: Head, settled: z.object({ cutBytes: Count, rolledForward: Count, rewritten: Count }), adopted: Count }),
  cameras: Count,
  items: z.object({
    stored: Count,
    bytes: SizeBytes,
    damaged: Count,
    refused: Count,
    waitingForArchive: Count,
    confirmed: Count,
    clearedFromCamera: Count,
    /** No longer on the station because archives hold them. */
    freed: Count,
  }),
  derivatives: z.object({ posters: Count, proxies: Count }),
  units: z.object({ recordings: Count, loose: Count, docking: Count, linked: Count, suggested: Count }),
  deadlines: z.object({ onTime: Count, late: Count, undetermined: Count }),
  space: z.object({
    freeBytes: SizeBytes,
    totalBytes: SizeBytes,
    reserveBytes: SizeBytes,
    /**
     * When the reserve is reached if it goes on as measured: a line through the free space of the last 14 days, measured every
     * hour. Null before there is a day of it. `growthBytes` a day may be negative; `fullAt` is null when nothing grows.
     */
    forecast: z.object({ growthBytes: z.int(), measuredMs: Count, fullAt: z.string().nullable() }).nullable(),
  }),
  destinations: z.array(z.object({ name: z.string(), kind: z.string(), sameDisk: z.boolean(), receipts: Count, waiting: Count })),
  recordings: z.array(
    z.object({
      id: Uuid,
      camera: z.string(),
      start: z.string().nullable(),
      durationMs: Count.nullable(),
      clips: Count,
      damaged: Count,
      caseNumber: z.string().nullable(),
      suggested: z.string().nullable(),
      deadline: z.string().nullable(),
    }),
  ),
  failures: z.array(Failure),
});
export type StatusReport = z.infer<typeof StatusReport>;

export const VerifyReport = z.object({
  full: z.boolean(),
  entries: Count,
  segments: Count,
  items: Count,
  bytesRead: SizeBytes,
  violations: z.array(Failure),
  warnings: z.array(Failure),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

export const stationContract = {
  status: oc.output(StatusReport),
  verify: oc.input(z.object({ full: z.boolean(), run: RunId })).output(VerifyReport),
  /** Stops the long work that was begun under this id, when it still goes on; what it came to is the answer to who began it. */
  stopRun: oc.input(z.object({ run: Uuid })).output(z.void()),
  policy: oc.output(z.array(z.object({ key: PolicyKey, value: z.json(), default: z.json() }))),
  setPolicy: oc.input(z.object({ key: z.string(), value: z.json() })).output(outcomeOf(z.object({ key: PolicyKey, value: z.json() }))),
  confirmClock: oc.output(z.object({ seq: Count })),
  /** A new one-time code for making an admin at the screen; only a running station has one. */
  adminCode: oc.output(outcomeOf(z.object({ code: z.string() }))),
  backup: oc.input(z.object({ out: z.string().min(1) })).output(outcomeOf(z.object({ folder: z.string(), bytes: SizeBytes }))),
};
