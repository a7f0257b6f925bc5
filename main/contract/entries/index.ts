import { z } from 'zod';
import { Actor, Cause, Hash256, Instant, Ref, Subject, Uuid } from '../values.ts';
import * as archive from './archive.ts';
import * as dock from './dock.ts';
import * as evidence from './evidence.ts';
import * as identity from './identity.ts';
import * as ingest from './ingest.ts';
import * as ledger from './ledger.ts';
import * as media from './media.ts';
import * as station from './station.ts';

/** Every entry type the station writes, with the schema of its body. A new meaning gets a new version, never a new sense. */
export const ENTRY_BODIES = {
  'ledger.opened': ledger.LedgerOpened,
  'ledger.continued': ledger.LedgerContinued,
  'ledger.settled': ledger.LedgerSettled,
  'verification.done': ledger.VerificationDone,
  'station.started': station.StationStarted,
  'policy.set': station.PolicySet,
  'clock.confirmed': station.ClockConfirmed,
  'camera.registered': dock.CameraRegistered,
  'camera.merged': dock.CameraMerged,
  'camera.separated': dock.CameraSeparated,
  'camera.password-set': dock.CameraPasswordSet,
  'camera.unlocked': dock.CameraUnlocked,
  'camera.clock-read': dock.CameraClockRead,
  'camera.clock-set': dock.CameraClockSet,
  'port.numbered': dock.PortNumbered,
  'port.learned': dock.PortLearned,
  'port.forgotten': dock.PortForgotten,
  'docking.started': dock.DockingStarted,
  'docking.measured': dock.DockingMeasured,
  'docking.refused': dock.DockingRefused,
  'docking.planned': dock.DockingPlanned,
  'docking.interrupted': dock.DockingInterrupted,
  'docking.resumed': dock.DockingResumed,
  'docking.cancelled': dock.DockingCancelled,
  'docking.image-ordered': dock.DockingImageOrdered,
  'docking.proven': dock.DockingProven,
  'docking.ended': dock.DockingEnded,
  'item.stored': ingest.ItemStored,
  'item.seen-again': ingest.ItemSeenAgain,
  'file.refused': ingest.FileRefused,
  'partial.quarantined': ingest.PartialQuarantined,
  'clear.intended': ingest.ClearIntended,
  'clear.done': ingest.ClearDone,
  'clear.refused': ingest.ClearRefused,
  'docking.cleared': ingest.DockingCleared,
  'item.probed': media.ItemProbed,
  'derivative.made': media.DerivativeMade,
  'derivative.failed': media.DerivativeFailed,
  'unit.closed': media.UnitClosed,
  'person.registered': evidence.PersonRegistered,
  'case.imported': evidence.CaseImported,
  'unit.linked': evidence.UnitLinked,
  'unit.unlinked': evidence.UnitUnlinked,
  'unit.marked': evidence.UnitMarked,
  'unit.unmarked': evidence.UnitUnmarked,
  'link.suggested': evidence.LinkSuggested,
  'deadline.settled': evidence.DeadlineSettled,
  'access.given': identity.AccessGiven,
  'pin.changed': identity.PinChanged,
  'session.started': identity.SessionStarted,
  'session.locked': identity.SessionLocked,
  'item.viewed': identity.ItemViewed,
  'destination.added': archive.DestinationAdded,
  'forward.intended': archive.ForwardIntended,
  'forward.done': archive.ForwardDone,
  'forward.failed': archive.ForwardFailed,
  'reconciliation.done': archive.ReconciliationDone,
  'difference.explained': archive.DifferenceExplained,
  'difference.reopened': archive.DifferenceReopened,
  'run.ended': station.RunEnded,
  'archive.reconciled': archive.ArchiveReconciled,
  'archive.difference-explained': archive.ArchiveDifferenceExplained,
  'clock.stepped': station.ClockStepped,
  'destination.scheduled': archive.DestinationScheduled,
  'case.held': evidence.CaseHeld,
  'case.released': evidence.CaseReleased,
  'retention.extended': archive.RetentionExtended,
  'free.intended': archive.FreeIntended,
  'free.done': archive.FreeDone,
  'free.refused': archive.FreeRefused,
} as const;

export type EntryType = keyof typeof ENTRY_BODIES;
export type EntryBody<T extends EntryType> = z.infer<(typeof ENTRY_BODIES)[T]>;

/** The frame around every body. A type this program does not know is kept as it is and skipped by reducers. */
export const EntryFrame = z.strictObject({
  seq: z.int().positive(),
  id: Uuid,
  at: Instant,
  station: Uuid,
  actor: Actor,
  type: z.string().min(1).max(60),
  version: z.int().positive(),
  subject: Subject,
  refs: z.array(Ref),
  body: z.record(z.string(), z.json()),
  cause: Cause.optional(),
  prev: Hash256,
  hash: Hash256,
});
export type EntryFrame = z.infer<typeof EntryFrame>;

/** An entry whose type and body have been checked against their schema. */
export type Entry<T extends EntryType = EntryType> = {
  [K in T]: Omit<EntryFrame, 'type' | 'body'> & { type: K; body: EntryBody<K> };
}[T];

/** What a command hands to the ledger: everything but what the ledger itself assigns. */
export type Draft<T extends EntryType = EntryType> = {
  [K in T]: {
    type: K;
    subject: z.infer<typeof Subject>;
    body: EntryBody<K>;
    actor: z.infer<typeof Actor>;
    at: string;
    refs?: z.infer<typeof Ref>[];
    cause?: z.infer<typeof Cause>;
  };
}[T];
