import type { CopyEngine, RemoteFiles } from '../../native/index.ts';
import type { IdentitySource } from '../contract/entries/dock.ts';
import type { Actor, ExtraHash, MediaKind } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Db } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';

/** What a file's place and name on its camera tell. */
export type FileFacts = {
  mediaKind: MediaKind;
  extension: string;
  important: boolean;
  startLocal: string | null;
  sequence: number | null;
  /** Certificate number in the name. */
  officer: string | null;
  /** Whether the name is one of those by which the camera is known. */
  namesCamera: boolean;
};

/** A camera that is docked, as ingest needs to know it. */
export type DockedCamera = {
  dockingId: string;
  cameraId: string;
  /** Every id it has been registered under, its own among them; a merge made while it is docked counts from the next docking. */
  cameraIds: string[];
  serial: string;
  mediumId: string;
  identitySource: IdentitySource;
  /** Absolute path under which its files are read, unless they are `remote`. */
  root: string;
  /** Folders directly under `root` that are file systems of their own; others below it are not entered. */
  parts: readonly string[];
  /** Its files where they are behind a protocol of the camera's own, and not under `root`. */
  remote: RemoteFiles | null;
  /** Whole cards, where images of them are all that can be had of it; else none. */
  cards: readonly { device: string; sizeBytes: number }[];
  /**
   * Proves that what is under `root` is still the camera's. That a file is not there, or cannot be read, is a fact about
   * the camera only if this holds before and after looking.
   */
  isAlive(): Promise<boolean>;
  /** How many reads the device has failed so far; null where that is not counted. */
  readErrors(): number | null;
  /** True when another camera could be taken for this one: nothing is known by fingerprint then. */
  weakIdentity: boolean;
  /** The officer of everything on the camera, by binding or by the operator; a file's own name is used when null. */
  officer: { number: string; source: 'profile' | 'operator' } | null;
  describe(path: string): FileFacts;
};

/** What ingest works with; everything outside it comes in here. */
export type IngestContext = {
  ledger: Ledger;
  vault: Vault;
  work: Db;
  engine: CopyEngine;
  stationId: string;
  agencyId: string;
  now(): string;
  /** Zone of camera clocks, kept beside every local time. */
  cameraZone(): string;
  vaultReserveBytes(): number | null;
  /** Whether copies are read back only when all of their camera is copied. */
  provesLater(): boolean;
  /** Hashes of a copy beside SHA-256 and SM3. */
  extraHashes(): readonly ExtraHash[];
  /** Bytes between two checkpoints of a copy. */
  checkpointBytes: number;
};

export const INGEST_ACTOR: Actor = { kind: 'system', id: 'ingest' };
