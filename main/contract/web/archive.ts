import { z } from 'zod';
import {
  ArchiveStation,
  ConnectionFileText,
  DestinationSchedule,
  Explanation,
  ForwardReport,
  Reason,
  ReconcileReport,
  ScheduleChange,
} from '../api/archive.ts';
import { outcomeOf } from '../api/outcome.ts';
import { ArchiveClass, ArchiveDifference, ArchiveResult } from '../archive-difference.ts';
import { DestinationKind } from '../entries/archive.ts';
import { Failure } from '../errors.ts';
import { LongRun } from '../long-run.ts';
import { Count, Hash256, Uuid } from '../values.ts';
import { needs } from './base.ts';

export const DestinationRow = z.object({
  id: Uuid,
  name: z.string(),
  kind: DestinationKind,
  sameDisk: z.boolean(),
  /** False where what it acknowledges cannot be read back, and proves nothing. */
  readsBack: z.boolean(),
  receipts: Count,
  waiting: Count,
  /** Why the last unit did not go; null when the last one went. */
  trouble: Failure.nullable(),
  lastReceiptAt: z.string().nullable(),
  schedule: DestinationSchedule,
  /** Bytes a second that its caps allow in this hour; null: as many as will go; 0: none. */
  rateNow: Count.nullable(),
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
  /** The archive that has to confirm it first; null when none has to. */
  after: z.string().nullable(),
});
export type QueueRow = z.infer<typeof QueueRow>;

/** A reconciliation as it was when it was made. */
export const ReconciliationRow = z.object({
  id: Uuid,
  at: z.string(),
  destination: z.string().nullable(),
  by: z.string().nullable(),
  differences: Count,
  explained: Count,
  hashMismatch: z.boolean(),
});
export type ReconciliationRow = z.infer<typeof ReconciliationRow>;

/** `result`: the reconciliation that came of it since the station's start; all are in the list. */
export const ReconcileRun = LongRun.extend({ result: Uuid.nullable() });
export type ReconcileRun = z.infer<typeof ReconcileRun>;

/** `reports`: what came of it, archive by archive, kept until the station's end; of one that was stopped too, because what went is there. */
export const ForwardRun = LongRun.extend({ onlyFailed: z.boolean(), reports: z.array(ForwardReport).nullable() });
export type ForwardRun = z.infer<typeof ForwardRun>;

export const ExportFormat = z.enum(['pdf', 'xlsx', 'json']);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** A reconciliation of all stations of an archive, as it was when it was made. */
export const ArchiveReconciliationRow = z.object({
  id: Uuid,
  at: z.string(),
  destination: z.string().nullable(),
  by: z.string().nullable(),
  stations: Count,
  items: Count,
  differences: Count,
});
export type ArchiveReconciliationRow = z.infer<typeof ArchiveReconciliationRow>;

/** A recorded result about all stations, with a page of the differences that were asked for. */
export const ArchiveReport = ArchiveResult.pick({
  id: true,
  station: true,
  startedAt: true,
  endedAt: true,
  stations: true,
  items: true,
  same: true,
  waiting: true,
  read: true,
  since: true,
  unchanged: true,
  explained: true,
  counts: true,
}).extend({
  destination: z.string(),
  by: z.string().nullable(),
  resultSha256: Hash256,
  entry: Count,
  /** How many of all are in the result one by one; the rest is counted only. */
  listed: Count,
  /** Stations that listed differences are about, with how many each has. */
  ofStations: z.array(z.object({ stationId: Uuid, differences: Count })),
  /** Each with the explanation that holds now. */
  rows: z.array(ArchiveDifference.extend({ explanation: Explanation.nullable() })),
  /** Of the listed ones, how many the filter leaves, and from which number on the next page begins; null when there is none. */
  matching: Count,
  next: Count.nullable(),
});
export type ArchiveReport = z.infer<typeof ArchiveReport>;

const REPORT_FILE = z.object({ headers: z.object({ 'content-disposition': z.string() }), body: z.file() });
const ReportRequest = z.object({ id: Uuid, format: ExportFormat, language: z.enum(['zh', 'en']) });

export const archiveWebContract = {
  destinations: needs('archive.read')
    .route({ method: 'GET', path: '/destinations', summary: 'Archives, and what each holds and lacks' })
    .output(z.array(DestinationRow)),
  schedule: needs('archive.run')
    .route({
      method: 'POST',
      path: '/destinations/{name}/schedule',
      summary: 'Pause or resume a destination, cap it by the hour, put it after another',
    })
    .input(ScheduleChange)
    .output(outcomeOf(DestinationSchedule)),
  /** What waits, failures first; at most 500. */
  queue: needs('archive.read').route({ method: 'GET', path: '/queue', summary: 'What waits to be archived' }).output(z.array(QueueRow)),
  test: needs('archive.run')
    .route({ method: 'POST', path: '/destinations/{name}/test', summary: 'Write, read back, remove' })
    .input(z.object({ name: z.string().max(32) }))
    .output(outcomeOf(z.object({ name: z.string(), elapsedMs: Count }))),
  importConnection: needs('station.configure')
    .route({ method: 'POST', path: '/destinations', summary: 'Add a content destination by its connection file, or renew how it is reached' })
    .input(z.object({ name: z.string().max(32), connection: ConnectionFileText }))
    .output(outcomeOf(z.object({ id: Uuid, name: z.string() }))),
  forward: needs('archive.run')
    .route({ method: 'POST', path: '/forward', summary: 'Begin to push what waits, or only what failed; a destination that rests is asked too' })
    .input(z.object({ to: z.string().max(32).nullable(), onlyFailed: z.boolean().default(false) }))
    .output(outcomeOf(ForwardRun)),
  forwardRun: needs('archive.read')
    .route({ method: 'GET', path: '/forward', summary: 'The push that goes on, or how the last one ended' })
    .output(ForwardRun.nullable()),
  /** What went stays archived, the rest waits as before. One that is over stays as it is. */
  cancelForward: needs('archive.run')
    .route({ method: 'POST', path: '/forward/cancel', summary: 'Stop the push that goes on' })
    .input(z.object({ id: Uuid }))
    .output(ForwardRun.nullable()),
  /** From the archive alone; at most half a minute old. */
  stations: needs('archive.read')
    .route({ method: 'GET', path: '/destinations/{name}/stations', summary: 'Every station of an archive, as the archive alone shows them' })
    .input(z.object({ name: z.string().max(32) }))
    .output(outcomeOf(z.array(ArchiveStation))),
  reconcile: needs('archive.run')
    .route({ method: 'POST', path: '/reconcile', summary: 'Begin to compare vault and archive item by item, or join in when that goes on' })
    .input(z.object({ to: z.string().max(32) }))
    .output(outcomeOf(ReconcileRun)),
  reconcileRun: needs('archive.read')
    .route({ method: 'GET', path: '/reconcile', summary: 'The reconciliation that goes on, or how the last one ended' })
    .output(ReconcileRun.nullable()),
  /** What is stopped leaves no result. One that is over stays as it is. */
  cancelReconcile: needs('archive.run')
    .route({ method: 'POST', path: '/reconcile/cancel', summary: 'Stop the reconciliation that goes on' })
    .input(z.object({ id: Uuid }))
    .output(ReconcileRun.nullable()),
  /** The newest 50. */
  reconciliations: needs('archive.read')
    .route({ method: 'GET', path: '/reconciliations', summary: 'Reconciliations whose result is recorded, newest first' })
    .output(z.array(ReconciliationRow)),
  reconciliation: needs('archive.read')
    .route({ method: 'GET', path: '/reconciliations/{id}', summary: 'A recorded result, with the explanations that hold now' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(ReconcileReport)),
  explain: needs('archive.explain')
    .route({
      method: 'POST',
      path: '/reconciliations/{id}/explanations',
      summary: 'Say why a difference is there; holds as long as it is the same one',
    })
    .input(z.object({ id: Uuid, difference: Hash256, reason: Reason }))
    .output(outcomeOf(Explanation)),
  reopen: needs('archive.explain')
    .route({ method: 'POST', path: '/explanations/{id}/take-back', summary: 'Take an explanation back' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.object({ seq: Count }))),
  /** The sheet an archivist signs, or the result as it was recorded, byte for byte, so that its hash can be checked (`json`). */
  export: needs('archive.read')
    .errors({ NOT_MADE: { status: 409, data: Failure } })
    .route({ method: 'GET', path: '/reconciliations/{id}/export', summary: 'A reconciliation as a file', outputStructure: 'detailed' })
    .input(ReportRequest)
    .output(REPORT_FILE),
  reconcileAll: needs('archive.run')
    .route({ method: 'POST', path: '/archive-reconcile', summary: 'Begin to compare all stations of an archive with what it holds, or join in' })
    .input(
      z.object({
        to: z.string().max(32),
        /** Of the archive only what changed since the last one, when that was clean. */ sinceClean: z.boolean().default(false),
      }),
    )
    .output(outcomeOf(ReconcileRun)),
  reconcileAllRun: needs('archive.read')
    .route({ method: 'GET', path: '/archive-reconcile', summary: 'The reconciliation of all stations that goes on, or how the last one ended' })
    .output(ReconcileRun.nullable()),
  /** What is stopped leaves no result. One that is over stays as it is. */
  cancelReconcileAll: needs('archive.run')
    .route({ method: 'POST', path: '/archive-reconcile/cancel', summary: 'Stop the reconciliation of all stations that goes on' })
    .input(z.object({ id: Uuid }))
    .output(ReconcileRun.nullable()),
  /** The newest 50. */
  archiveReconciliations: needs('archive.read')
    .route({ method: 'GET', path: '/archive-reconciliations', summary: 'Reconciliations of all stations, newest first' })
    .output(z.array(ArchiveReconciliationRow)),
  archiveReconciliation: needs('archive.read')
    .route({
      method: 'GET',
      path: '/archive-reconciliations/{id}',
      summary: 'A recorded result about all stations, its differences a page at a time',
    })
    .input(
      z.object({
        id: Uuid,
        class: ArchiveClass.optional(),
        stationId: Uuid.optional(),
        /** Words that place, ids, hashes or sizes hold. */
        search: z.string().trim().max(100).default(''),
        from: z.coerce.number().int().nonnegative().default(0),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    )
    .output(outcomeOf(ArchiveReport)),
  explainArchive: needs('archive.explain')
    .route({
      method: 'POST',
      path: '/archive-reconciliations/{id}/explanations',
      summary: 'Say why a difference between stations and archive is there; holds as long as it is the same one',
    })
    .input(z.object({ id: Uuid, difference: Hash256, reason: Reason }))
    .output(outcomeOf(Explanation)),
  exportArchive: needs('archive.read')
    .errors({ NOT_MADE: { status: 409, data: Failure } })
    .route({
      method: 'GET',
      path: '/archive-reconciliations/{id}/export',
      summary: 'A reconciliation of all stations as a file',
      outputStructure: 'detailed',
    })
    .input(ReportRequest)
    .output(REPORT_FILE),
};
