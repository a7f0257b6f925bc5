import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DestinationSettings } from '../contract/api/archive.ts';
import type { Capability, DestinationKind, DestinationScheduled, ObjectHeld, Receipt, RetentionDue } from '../contract/entries/archive.ts';
import { type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { Uuid } from '../contract/values.ts';
import type { BagFile, ReadBag } from './bag.ts';
import type { DescribedUnit } from './described-unit.pure.ts';
import type { FileReader } from './file-reader.ts';

/**
 * What a kind of destination has to be able to do; `backend.test.ts` is what it promises. Operations throw what the system,
 * the network or the far end says, and `codeOf` names it; what they return as a failure is about evidence, not about the way.
 */
export type Backend = FileReader & {
  /** A bag's files that are read or written at once. */
  atOnce: number;
  /** Nothing can be read there, and nothing but units is taken: what it acknowledges is no proof, and its ledger stays here. */
  storesOnly?: true;
  /** Makes sure that the far end is still the destination of this identity: evidence must not go to whatever answers there now. */
  check(identity: string): Promise<Result<null>>;
  /** Who the far end says it is, making it somebody when it is new. */
  claim(): Promise<Result<string>>;
  /** Whether a whole bag lies in this place, by its own word; only reading it back proves it. */
  holds(bag: string): Promise<boolean>;
  /**
   * Puts a bag into its place, whole or not at all, and overwrites nothing. What an attempt that was cut off left is gone on
   * with. Fails with `vault.*` when an original is no longer what the ledger says; such bytes never get a name there. Throws
   * the signal's reason when it aborts. `describe` tells those that have to know what the unit is. Bytes of an original are read
   * by `openOriginal` alone, where the caps are.
   */
  put(bag: string, files: readonly BagFile[], signal?: AbortSignal, describe?: () => Promise<DescribedUnit>): Promise<Result<null>>;
  /** Makes what was read back stay: flushed, or locked at least until then. Says what its receipt says beside that it was read back. */
  secure(bag: string, read: ReadBag, until: string): Promise<Result<Secured>>;
  /**
   * Makes a bag that has its receipt stay for longer, and puts its files under a legal hold or takes that away; only of a far
   * end that can refuse to delete. Says until when it refuses to, by its own word; never earlier than before.
   */
  extend?(bag: string, objects: readonly ObjectHeld[], due: RetentionDue): Promise<Result<string | null>>;
  /** Puts one file that never changes, whole or not at all, where there is none. */
  create(file: string, content: Content): Promise<void>;
  /** Takes a probe away again. */
  remove(file: string): Promise<void>;
  /** None where nothing but bags can be kept: such a destination has no catalogue. */
  tables?: Tables;
  /** The failure an error of any of these means; throws what is a bug. */
  codeOf(error: unknown): ErrorCode;
  close(): Promise<void>;
};

/** A destination at the other end of a network, which is asked once what it can do. */
export type ServerBackend = Backend & { capabilities(): Promise<Capability[]> };

/** What a receipt says that only some kinds of destination know. */
export type Secured = Pick<Receipt, 'objects' | 'flushed'>;
/** One file of a destination; `sizeBytes` is null when it is listed and cannot be looked at. */
export type Listed = { file: string; sizeBytes: number | null };

/** What a catalogue needs of a destination besides: files that change, and to be read by other programs. */
export type Tables = {
  /** Every file below a folder (empty for all of them) with its size, in no order. */
  sizes(folder: string): AsyncIterable<Listed>;
  /** Puts a file of this machine in the place of what was there: whole or not at all. */
  replace(file: string, source: string): Promise<void>;
  /** Where on this machine those files below a folder that are wanted can be read: there itself, or as copies in `into`. */
  readable(folder: string, into: string, isWanted: (file: string) => boolean): Promise<string>;
};

/** A destination as the ledger and its private record know it. */
export type Destination = {
  id: string;
  name: string;
  kind: DestinationKind;
  sameDisk: boolean;
  /** Null when its record cannot be read, as after a backup was put back without its keys. */
  settings: DestinationSettings | null;
  capabilities: Capability[];
  /** How the outbox treats it. */
  schedule: DestinationScheduled;
};

/** Bytes of a file of the vault or the ledger, or a text made here. */
export type Content = { source: string } | { text: string };

/** Name of the file that says which destination this is. */
export const IDENTITY_FILE = '.evidock-destination.json';
const Identity = z.strictObject({ format: z.literal(1), id: Uuid });

export function newIdentity(): string {
  return `${JSON.stringify({ format: 1, id: randomUUID() })}\n`;
}

/** The identity a destination's file names; null when it names none. */
export function identityIn(text: string): string | null {
  try {
    return Identity.parse(JSON.parse(text)).id;
  } catch {
    return null;
  }
}

/** Does something with a destination; what goes wrong on the way is a failure with the destination's name, except that the signal aborted. */
export async function asking<T>(backend: Backend, name: string, ask: () => Promise<Result<T>>, signal?: AbortSignal): Promise<Result<T>> {
  try {
    return await ask();
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error;
    return failed(backend.codeOf(error), name, String(error));
  }
}

/**
 * Writes a probe, reads it back, takes it away; says how long that took. `destination.read-back-differs` when other bytes
 * come back. Where nothing can be read, only the identity is asked for.
 */
export function probe(backend: Backend, name: string, identity: string): Promise<Result<{ elapsedMs: number }>> {
  return asking(backend, name, async () => {
    const started = performance.now();
    const checked = await backend.check(identity);
    if (!checked.ok) return checked;
    if (backend.storesOnly) return { ok: true, value: { elapsedMs: Math.round(performance.now() - started) } };
    const file = `.evidock-probe-${randomUUID()}`;
    const text = randomUUID();
    try {
      await backend.create(file, { text });
      if ((await backend.text(file)) !== text) return failed('destination.read-back-differs', name);
    } finally {
      await backend.remove(file);
    }
    return { ok: true, value: { elapsedMs: Math.round(performance.now() - started) } };
  });
}
