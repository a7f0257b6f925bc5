import { z } from 'zod';
import { Reason } from '../api/archive.ts';
import { ImportReport } from '../api/evidence.ts';
import { outcomeOf } from '../api/outcome.ts';
import { ActionKind, Stage } from '../notice.ts';
import { Count, Uuid } from '../values.ts';
import { CaseName, needs, PersonName, pageOf } from './base.ts';
import { RecordingRow } from './recordings.ts';

export const CaseRow = z.object({
  case: CaseName,
  actionKind: ActionKind,
  place: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  officers: z.array(PersonName),
  recordings: Count,
  /** How much of it must be recorded, by the kind of action. */
  recordingRule: z.enum(['full', 'as-required', 'text-suffices']),
  /** Stages without a recording, where the whole action must be recorded. */
  missingStages: z.array(Stage),
  /** The legal hold under which everything of it is kept; `by` and `reason` are null when their record has been erased. */
  hold: z.object({ at: z.string(), by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
});
export type CaseRow = z.infer<typeof CaseRow>;

/** What cases are put in order by; their numbers and titles are private records, which nothing puts in order. */
export const CaseSort = z.enum(['start', 'recordings']);
export type CaseSort = z.infer<typeof CaseSort>;

export const casesContract = {
  list: needs('cases.read')
    .route({ method: 'POST', path: '/cases/search', summary: 'Cases, newest first unless told otherwise' })
    .input(
      z.object({
        search: z.string().trim().max(100).default(''),
        actionKind: ActionKind.optional(),
        incomplete: z.boolean().optional(),
        sort: CaseSort.default('start'),
        descending: z.boolean().default(true),
        cursor: z.string().max(300).nullable().default(null),
        limit: z.int().min(1).max(200).default(100),
      }),
    )
    .output(pageOf(CaseRow)),
  get: needs('cases.read')
    .route({ method: 'GET', path: '/cases/{id}', summary: 'One case with its recordings by stage' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.object({ row: CaseRow, recordings: z.array(RecordingRow), suggested: z.array(RecordingRow) }))),
  hold: needs('cases.hold')
    .route({ method: 'POST', path: '/cases/{id}/hold', summary: 'Legal hold: keep everything of the case until it is released' })
    .input(z.object({ id: Uuid, reason: Reason }))
    .output(outcomeOf(z.object({ changed: z.boolean() }))),
  release: needs('cases.hold')
    .route({ method: 'POST', path: '/cases/{id}/release', summary: 'Take the legal hold of a case back' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.object({ changed: z.boolean() }))),
  /** The file's bytes, base64; at most 16 MB. Bad rows are reported, good ones kept. */
  import: needs('cases.import')
    .route({ method: 'POST', path: '/cases/import', summary: 'Import a case list (CSV or JSON)' })
    .input(z.object({ name: z.string().max(255), contentBase64: z.string().max(22_400_000) }))
    .output(ImportReport),
};
