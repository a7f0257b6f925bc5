import { z } from 'zod';
import { outcomeOf } from '../api/outcome.ts';
import { UnitKind, UnitRole } from '../entries/media.ts';
import { MarkKind, Stage } from '../notice.ts';
import { Count, Hash256, MediaKind, SizeBytes, Uuid } from '../values.ts';
import { CaseName, needs, PersonName, pageOf } from './base.ts';

/** Which recordings a list shows; absent means all. */
export const RecordingFilter = z.object({
  kind: UnitKind.optional(),
  officerId: Uuid.optional(),
  /** The officer's unit as the register of officers names it, in full. */
  unit: z.string().trim().min(1).max(100).optional(),
  cameraId: Uuid.optional(),
  caseId: Uuid.optional(),
  dockingId: Uuid.optional(),
  stage: Stage.optional(),
  deadline: z.enum(['on-time', 'late', 'undetermined']).optional(),
  damaged: z.boolean().optional(),
  linked: z.boolean().optional(),
  archived: z.boolean().optional(),
  /** Local date-times by the camera's clock, inclusive from, exclusive to. */
  from: z.string().max(23).optional(),
  to: z.string().max(23).optional(),
  /** Words: case number or title, officer's name or number, camera serial, or the beginning of a recording's id. */
  search: z.string().trim().max(100).optional(),
});
export type RecordingFilter = z.infer<typeof RecordingFilter>;

export const RecordingSort = z.enum(['newest', 'oldest', 'longest', 'shortest', 'largest', 'smallest']);
export type RecordingSort = z.infer<typeof RecordingSort>;

/** One that a list can be narrowed to, as people know it; null is what its private record does not hold any more. */
export const RecordingChoice = z.object({ id: Uuid, name: z.string().nullable(), detail: z.string().nullable() });
export type RecordingChoice = z.infer<typeof RecordingChoice>;

/** Without a word to look for: those of the newest recordings. `chosen` is named whether it is among them or not. */
const ChoiceQuery = z.object({ search: z.string().trim().max(100).default(''), chosen: Uuid.optional() });
export const RecordingChoices = z.object({
  rows: z.array(RecordingChoice),
  /** More hold the words than are listed. */
  more: z.boolean(),
  chosen: RecordingChoice.nullable(),
});
export type RecordingChoices = z.infer<typeof RecordingChoices>;

/** Views a person may keep. */
export const MAX_VIEWS = 20;

/** A list somebody comes back to, by a name of their own. */
export const SavedView = z.object({ name: z.string().trim().min(1).max(30), filter: RecordingFilter, sort: RecordingSort });
export type SavedView = z.infer<typeof SavedView>;

export const RecordingRow = z.object({
  id: Uuid,
  kind: UnitKind,
  camera: z.object({ id: z.string(), serial: z.string() }),
  officer: PersonName.nullable(),
  /** By the camera's clock, without a zone; null when nothing tells it. */
  startLocal: z.string().nullable(),
  durationMs: Count.nullable(),
  sizeBytes: SizeBytes,
  items: Count,
  clips: Count,
  damaged: Count,
  important: z.boolean(),
  case: CaseName.nullable(),
  stage: Stage.nullable(),
  suggested: CaseName.nullable(),
  deadline: z.enum(['on-time', 'late', 'undetermined']).nullable(),
  archived: z.boolean(),
  /** Item whose poster stands for the recording. */
  posterItem: Uuid.nullable(),
  storedAt: z.string(),
});
export type RecordingRow = z.infer<typeof RecordingRow>;

export const RecordingItem = z.object({
  id: Uuid,
  role: UnitRole,
  mediaKind: MediaKind,
  /** Original path on the camera, as text; null when its private record was erased. */
  path: z.string().nullable(),
  sizeBytes: SizeBytes,
  sha256: Hash256,
  sm3: Hash256,
  md5: z.string().nullable(),
  xxh64: z.string().nullable(),
  durationMs: Count.nullable(),
  damaged: z.boolean(),
  damage: z.string().nullable(),
  /** What of the camera's file could not be read, and the item that has all of it; null of a whole item. */
  incomplete: z.object({ bytes: SizeBytes, places: Count, replacedBy: Uuid.nullable() }).nullable(),
  startLocal: z.string().nullable(),
  container: z.string().nullable(),
  /** Codec, size and rate in a line, as technicians read it. */
  streams: z.array(z.string()),
  readBack: z.string(),
  hasPoster: z.boolean(),
  /** `original` or `proxy` plays in a browser; null when neither does. */
  playable: z.enum(['original', 'proxy']).nullable(),
  clearedFromCamera: z.boolean(),
  /** Its bytes are no longer on the station, only in the archives. */
  freed: z.boolean(),
});
export type RecordingItem = z.infer<typeof RecordingItem>;

/** A place on a recording that a person marked. */
export const RecordingMark = z.object({
  id: Uuid,
  kind: MarkKind,
  /** In whose own time the place is told. */
  itemId: Uuid,
  offsetMs: Count,
  /** Null when there are none, or their private record was erased. */
  words: z.string().nullable(),
  by: PersonName,
  at: z.string(),
});
export type RecordingMark = z.infer<typeof RecordingMark>;

/** Words of a mark; needed where its kind says nothing by itself. */
const NewMark = z
  .object({ id: Uuid, itemId: Uuid, offsetMs: Count, kind: MarkKind, words: z.string().trim().max(40).default('') })
  .refine(({ kind, words }) => kind !== 'other' || words !== '', { path: ['words'], message: 'a mark of kind other needs words' });

export const RecordingDetail = z.object({
  row: RecordingRow,
  items: z.array(RecordingItem),
  zone: z.string().nullable(),
  startSource: z.string().nullable(),
  deadlineBasis: z.string().nullable(),
  continues: Uuid.nullable(),
  dockingId: z.string(),
  archives: z.array(
    z.object({
      destination: z.string(),
      at: z.string(),
      bag: z.string(),
      /** How long the archive was told to keep it, and until when it refuses to delete it itself; null where nothing was told. */
      retention: z.object({ until: z.string(), legalHold: z.boolean(), enforcedUntil: z.string().nullable() }).nullable(),
    }),
  ),
  /** Cases it may belong to, best first, with the reason. */
  suggestions: z.array(z.object({ case: CaseName, reason: z.enum(['officer-and-time', 'officer', 'recent']) })),
  /** In the order of clips and places. */
  marks: z.array(RecordingMark),
  /** Whether this session has given a reason and may play it. */
  opened: z.boolean(),
});
export type RecordingDetail = z.infer<typeof RecordingDetail>;

/** A ledger entry as a sentence's material; the screen makes the words. */
export const CustodyEntry = z.object({
  seq: Count,
  at: z.string(),
  type: z.string(),
  actor: z.object({ kind: z.string(), name: z.string() }),
  /** Whole numbers, words and names out of the entry's body that its sentence uses. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  hash: Hash256,
  /** The entry's canonical bytes, as hashed. */
  canonical: z.string(),
});
export type CustodyEntry = z.infer<typeof CustodyEntry>;

export const recordingsContract = {
  list: needs('recordings.read')
    .route({ method: 'POST', path: '/recordings/search', summary: 'Recordings by filter, a page at a time' })
    .input(
      z.object({
        filter: RecordingFilter.default({}),
        sort: RecordingSort.default('newest'),
        cursor: z.string().max(300).nullable().default(null),
        limit: z.int().min(1).max(200).default(100),
      }),
    )
    .output(pageOf(RecordingRow)),
  officers: needs('recordings.read')
    .route({ method: 'GET', path: '/recording-officers', summary: 'Officers to narrow a list to, by words of number or name' })
    .input(ChoiceQuery)
    .output(RecordingChoices),
  cameras: needs('cameras.read')
    .route({ method: 'GET', path: '/recording-cameras', summary: 'Cameras to narrow a list to, by part of the serial' })
    .input(ChoiceQuery)
    .output(RecordingChoices),
  cases: needs('cases.read')
    .route({ method: 'GET', path: '/recording-cases', summary: 'Cases to narrow a list to, by words of number or title' })
    .input(ChoiceQuery)
    .output(RecordingChoices),
  units: needs('recordings.read')
    .route({ method: 'GET', path: '/recording-units', summary: 'Units that officers belong to, by name' })
    .output(z.array(z.string())),
  /** Whoever is signed in sees their own alone. */
  views: needs('recordings.read')
    .route({ method: 'GET', path: '/recording-views', summary: 'Your saved views of the list' })
    .output(z.array(SavedView)),
  keepView: needs('recordings.read')
    .route({ method: 'POST', path: '/recording-views', summary: 'Keep a view under its name, in place of one that had it' })
    .input(SavedView)
    .output(outcomeOf(z.array(SavedView))),
  dropView: needs('recordings.read')
    .route({ method: 'DELETE', path: '/recording-views/{name}', summary: 'Drop a saved view' })
    .input(z.object({ name: z.string().trim().max(60) }))
    .output(z.array(SavedView)),
  get: needs('recordings.read')
    .route({ method: 'GET', path: '/recordings/{id}', summary: 'One recording with its files' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(RecordingDetail)),
  custody: needs('recordings.read')
    .route({ method: 'GET', path: '/recordings/{id}/custody', summary: 'Everything that happened to a recording' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.array(CustodyEntry))),
  /** Opens a recording for playing in this session; the reason is on the ledger before the first byte is served. */
  view: needs('recordings.view')
    .route({ method: 'POST', path: '/recordings/{id}/view', summary: 'Open a recording, with a reason' })
    .input(z.object({ id: Uuid, reason: z.string().trim().min(2).max(200) }))
    .output(outcomeOf(z.object({ seq: Count }))),
  mark: needs('recordings.mark')
    .route({ method: 'POST', path: '/recordings/{id}/marks', summary: 'Mark a place on a recording' })
    .input(NewMark)
    .output(outcomeOf(z.object({ markId: Uuid }))),
  /** Takes a mark back by an entry of its own; nothing is erased. */
  unmark: needs('recordings.mark')
    .route({ method: 'DELETE', path: '/recordings/{id}/marks/{markId}', summary: 'Take a mark back' })
    .input(z.object({ id: Uuid, markId: Uuid }))
    .output(outcomeOf(z.object({ markId: Uuid }))),
  link: needs('recordings.link')
    .route({ method: 'POST', path: '/links', summary: 'Link recordings to a case and stage' })
    .input(z.object({ recordings: z.array(Uuid).min(1).max(200), caseId: Uuid, stage: Stage.nullable() }))
    .output(
      outcomeOf(
        z.object({ linked: Count, unchanged: Count, undo: z.array(z.object({ recording: Uuid, caseId: Uuid.nullable(), stage: Stage.nullable() })) }),
      ),
    ),
  /** Puts links back as they were, as entries of their own; nothing is erased. */
  relink: needs('recordings.link')
    .route({ method: 'POST', path: '/links/undo', summary: 'Put links back as they were' })
    .input(
      z.object({
        links: z
          .array(z.object({ recording: Uuid, caseId: Uuid.nullable(), stage: Stage.nullable() }))
          .min(1)
          .max(200),
      }),
    )
    .output(outcomeOf(z.object({ changed: Count }))),
  /** Cases these recordings may belong to, best first: officer and time, officer, the newest. */
  suggest: needs('recordings.link')
    .route({ method: 'POST', path: '/links/suggestions', summary: 'Cases recordings may belong to' })
    .input(z.object({ recordings: z.array(Uuid).min(1).max(200), search: z.string().trim().max(100).default('') }))
    .output(z.array(z.object({ case: CaseName, reason: z.enum(['officer-and-time', 'officer', 'recent', 'search']) }))),
};
