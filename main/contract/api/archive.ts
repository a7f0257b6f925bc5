import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { ArchiveResult } from '../archive-difference.ts';
import { BandwidthCap, Capability } from '../entries/archive.ts';
import { ErrorCode, Failure } from '../errors.ts';
import { Progress, RunId } from '../long-run.ts';
import { Count, Hash256, SizeBytes, Uuid } from '../values.ts';
import { outcomeOf } from './outcome.ts';

export const ForwardReport = z.object({
  destination: z.string(),
  forwarded: Count,
  items: Count,
  bytes: SizeBytes,
  waiting: Count,
  segments: Count,
  failures: z.array(Failure),
  /** Somebody stopped it before everything had been tried. */
  stopped: z.boolean(),
});
export type ForwardReport = z.infer<typeof ForwardReport>;

/** What was written of a station's catalogue at a destination: the files in which something had changed. */
export const WrittenCatalogue = z.object({
  destination: z.string(),
  files: Count,
  rows: Count,
  bytes: SizeBytes,
  /** The newest ledger entry that is in it. */
  upTo: Count,
});
export type WrittenCatalogue = z.infer<typeof WrittenCatalogue>;

/** Why a difference is there, in somebody's words. */
export const Explanation = z.object({
  id: Uuid,
  at: z.string(),
  /** Who wrote it, by name; null when the name has been erased. */
  by: z.string().nullable(),
  /** Null when the reason has been erased. */
  reason: z.string().nullable(),
});
export type Explanation = z.infer<typeof Explanation>;

export const Difference = z.object({
  ...Failure.shape,
  /** The same in every reconciliation as long as class, place and hashes are; null for what cannot be explained. */
  id: Hash256.nullable(),
  /** The recording and the original it is about, where it is about one the ledger knows. */
  unitId: Uuid.nullable(),
  itemId: Uuid.nullable(),
  /** Path the original had on its camera; null when there is none, or its name has been erased. */
  file: z.string().nullable(),
  /** Hash the ledger has for it, and hash of what was found; null where there is none. */
  expectedSha256: Hash256.nullable(),
  foundSha256: Hash256.nullable(),
  explanation: Explanation.nullable(),
});
export type Difference = z.infer<typeof Difference>;

/** The result of a reconciliation, with the explanations that hold now. */
export const ReconcileReport = z.object({
  id: Uuid,
  startedAt: z.string(),
  endedAt: z.string(),
  /** Who compared, by name; null when the name has been erased. */
  by: z.string().nullable(),
  destination: z.string().nullable(),
  source: z.string().nullable(),
  same: Count,
  missing: Count,
  differs: Count,
  extra: Count,
  waiting: Count,
  /** Differences that somebody has explained. */
  explained: Count,
  /** Differences nobody has explained; 0 means reconciled. */
  open: Count,
  /** Some bytes are not what was recorded. An explanation does not change that. */
  hashMismatch: z.boolean(),
  /** When the first and the last of the items compared were stored; null when there are none. */
  itemsFrom: z.string().nullable(),
  itemsTo: z.string().nullable(),
  /** How many differences there are of each class. */
  classes: z.array(z.object({ code: ErrorCode, count: Count })),
  /** SHA-256 of the result as it was recorded, and the ledger entry that vouches for it. */
  resultSha256: Hash256,
  entry: z.object({ seq: Count, hash: Hash256 }),
  /** At most 1000 of them, open ones first to be kept; all are counted. */
  differences: z.array(Difference),
});
export type ReconcileReport = z.infer<typeof ReconcileReport>;

export const ReconcileEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('progress'), progress: Progress, remainingMs: Count.nullable() }),
  z.object({ event: z.literal('done'), outcome: outcomeOf(ReconcileReport) }),
]);
export type ReconcileEvent = z.infer<typeof ReconcileEvent>;

/** A station as an archive alone shows it. What its catalogue tells is null when that is `missing`, or `altered` by somebody else. */
export const ArchiveStation = z.object({
  stationId: Uuid,
  code: z.string().nullable(),
  catalogue: z.enum(['whole', 'altered', 'missing']),
  /** When it wrote its catalogue last. */
  lastSeenAt: z.string().nullable(),
  items: Count.nullable(),
  bytes: SizeBytes.nullable(),
  /** Recordings that the archive still lacked then, and since when the oldest of them waits. */
  waiting: Count.nullable(),
  waitingSince: z.string().nullable(),
  /** Recordings that were stored too late. */
  late: Count.nullable(),
  lastDockingAt: z.string().nullable(),
  /** Its newest ledger entry then, the last one sealed at the archive, and how many before that are not there. */
  headSeq: Count.nullable(),
  ledgerTo: Count.nullable(),
  ledgerMissing: Count.nullable(),
});
export type ArchiveStation = z.infer<typeof ArchiveStation>;

/** A recorded result about all stations of an archive, and the ledger entry that vouches for it by its hash. */
export const RecordedArchiveResult = z.object({ content: ArchiveResult, sha256: Hash256, seq: Count });
export type RecordedArchiveResult = z.infer<typeof RecordedArchiveResult>;

export const ArchiveReconcileEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('progress'), progress: Progress, remainingMs: Count.nullable() }),
  /** `unprinted`: why the report has no PDFs. */
  z.object({ event: z.literal('done'), outcome: outcomeOf(RecordedArchiveResult), unprinted: Failure.nullable().default(null) }),
]);
export type ArchiveReconcileEvent = z.infer<typeof ArchiveReconcileEvent>;

export const Reason = z.string().trim().min(2).max(500);

/** Where the key to a destination is: a file only the station's user may read (0600), or `credential:NAME`, one systemd gave it. */
const KeyPlace = z.string().min(1).max(4096);
/** A content destination's connection file as it is: the station keeps it among its keys. It is never longer (its API, "Setup procedure"). */
export const CONNECTION_FILE_BYTES = 64 * 1024;
export const ConnectionFileText = z.string().max(CONNECTION_FILE_BYTES);
/** Below what everything lies; empty, or ASCII without a slash at either end. */
const Prefix = z.string().regex(/^([A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*)?$/, 'letters, digits, dots, hyphens, and slashes between them');

/** A server that is reached by SSH: its name or address, and its port. */
export const SshServer = z.strictObject({ host: z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/), port: z.int().min(1).max(65535) });
export type SshServer = z.infer<typeof SshServer>;
/** A host key's SHA-256 as OpenSSH writes it. */
export const HostKey = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);

/** Where a destination lies and how it is reached. Private, and without its secrets: those stay in `key`. */
export const DestinationSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), folder: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('s3'),
    endpoint: z.url({ protocol: /^https?$/ }),
    region: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    prefix: Prefix,
    /** The bucket in the path, or in the host's name. */
    pathStyle: z.boolean(),
    key: KeyPlace,
    /** File of the authority that certifies the server; null for those the machine trusts. */
    ca: z.string().min(1).nullable(),
    /** Object Lock: nobody may delete a version for so many days; in governance mode some may. Null for none. */
    lock: z.strictObject({ mode: z.enum(['COMPLIANCE', 'GOVERNANCE']), days: z.int().min(1).max(36500) }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('sftp'),
    ...SshServer.shape,
    user: z.string().min(1).max(64),
    /** On the server, from its root. */
    folder: z.string().regex(/^(\/[^/\0]+)+$/),
    /** A private key as ssh-keygen writes it, or JSON with a `password`, or with a `privateKey` and its `passphrase`. */
    key: KeyPlace,
    /** Fingerprint of the server's host key; one that shows no such key gets nothing. */
    hostKey: HostKey,
  }),
  /** A content destination of the body worn integration API; `key` is its connection file, which says where it is. */
  z.strictObject({ kind: z.literal('swift'), key: KeyPlace }),
]);
export type DestinationSettings = z.infer<typeof DestinationSettings>;

/** How the outbox treats a destination; `after` is the name of the one that has to confirm a unit first. */
export const DestinationSchedule = z.object({ paused: z.boolean(), after: z.string().nullable(), caps: z.array(BandwidthCap) });
export type DestinationSchedule = z.infer<typeof DestinationSchedule>;
/** What is to be different; the rest stays. */
export const ScheduleChange = z.object({
  name: z.string().max(32),
  paused: z.boolean().optional(),
  after: z.string().max(32).nullable().optional(),
  caps: z.array(BandwidthCap).max(24).optional(),
});
export type ScheduleChange = z.infer<typeof ScheduleChange>;

export const archiveContract = {
  destinations: oc.output(
    z.array(
      z.object({
        id: Uuid,
        name: z.string(),
        kind: z.string(),
        sameDisk: z.boolean(),
        receipts: Count,
        waiting: Count,
        schedule: DestinationSchedule,
      }),
    ),
  ),
  scheduleDestination: oc.input(ScheduleChange).output(outcomeOf(DestinationSchedule)),
  addDestination: oc
    .input(z.object({ name: z.string(), settings: DestinationSettings }))
    .output(outcomeOf(z.object({ id: Uuid, name: z.string(), sameDisk: z.boolean(), capabilities: z.array(Capability) }))),
  /** The host key a server shows now, for somebody to compare with what its administrator says. */
  hostKey: oc.input(SshServer).output(outcomeOf(z.object({ algorithm: z.string(), hostKey: HostKey }))),
  /** Adds a content destination, or renews how a known one is reached. */
  importConnection: oc
    .input(z.object({ name: z.string(), connection: ConnectionFileText }))
    .output(outcomeOf(z.object({ id: Uuid, name: z.string(), sameDisk: z.boolean(), capabilities: z.array(Capability) }))),
  testDestination: oc.input(z.object({ name: z.string() })).output(outcomeOf(z.object({ name: z.string(), elapsedMs: Count }))),
  forward: oc
    .input(z.object({ to: z.string().nullable(), onlyFailed: z.boolean().default(false), run: RunId }))
    .output(outcomeOf(z.array(ForwardReport))),
  /** Brings the catalogue at one destination, or at all (null), up to date now. */
  writeCatalogue: oc.input(z.object({ to: z.string().nullable() })).output(outcomeOf(z.array(WrittenCatalogue))),
  /** Ends with what came of it. Whoever goes away meanwhile stops it, when it was begun for them. */
  reconcile: oc
    .input(z.object({ source: z.string().nullable(), to: z.string().nullable(), report: z.string().nullable(), run: RunId }))
    .output(eventIterator(ReconcileEvent)),
  /** Every station of an archive, as the archive alone shows them. */
  stations: oc.input(z.object({ to: z.string().nullable() })).output(outcomeOf(z.array(ArchiveStation))),
  /**
   * All stations of an archive, from the archive alone. `report`: file beside which the sheets are put. `sinceClean`: of the archive
   * only what changed since the last one, when that was clean.
   */
  reconcileAll: oc
    .input(z.object({ to: z.string().nullable(), report: z.string().nullable().default(null), sinceClean: z.boolean().default(false) }))
    .output(eventIterator(ArchiveReconcileEvent)),
  /** `reconciliation` null is the newest one; a difference may be named by the beginning of its id when that is unique. */
  explain: oc
    .input(z.object({ reconciliation: Uuid.nullable(), difference: z.string().min(4).max(64), reason: Reason }))
    .output(outcomeOf(Explanation)),
  /** The same of a difference that a reconciliation of all stations found. */
  explainAll: oc
    .input(z.object({ reconciliation: Uuid.nullable(), difference: z.string().min(4).max(64), reason: Reason }))
    .output(outcomeOf(Explanation)),
  reopen: oc.input(z.object({ explanation: Uuid })).output(outcomeOf(z.object({ seq: Count }))),
};
