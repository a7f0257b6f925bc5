import { z } from 'zod';
import { type ExtraHash, SizeBytes } from './values.ts';

/**
 * The agency's policy set: one schema per key and its default. A change is a ledger entry, so "which rule was in
 * force then" has an answer years later.
 */
export const POLICY = {
  /** When a file may be removed from a camera. `after-confirmed` needs a receipt from an archive off the vault's disk. */
  clear: { schema: z.enum(['never', 'after-stored', 'after-confirmed']), default: 'after-confirmed' },
  /** Whether the embedded `local` archive, on the vault's own disk, may count as a confirmation. */
  'clear-accepts-local': { schema: z.boolean(), default: false },
  /** `set-up`: an unknown camera is registered when it docks; `registered-only`: it is refused. */
  'camera-admission': { schema: z.enum(['set-up', 'registered-only']), default: 'set-up' },
  /** The zone camera clocks are set to; kept beside every local date-time. */
  'camera-zone': { schema: z.string().min(1).max(60).refine(isZone, 'not a time zone of the IANA list'), default: 'Asia/Shanghai' },
  /** Hours within which a recording must be stored (notice, row 16). */
  'store-within-hours': { schema: z.int().min(1).max(720), default: 24 },
  /**
   * Whose file is copied next, after what a person put first. `fair`: whoever has been served fewest bytes;
   * `smallest-first`: the camera with least left; `important-first`: important files of all cameras before the others.
   */
  'copy-order': { schema: z.enum(['fair', 'smallest-first', 'important-first']), default: 'fair' },
  /** Files copied at the same time, over all cameras. Fewer than there are cameras leave some of them idle. */
  'copies-at-once': { schema: z.int().min(1).max(64), default: 64 },
  /** The same for the cameras that share one controller (a dock's hub); a station that knows of none has one. */
  'copies-per-controller': { schema: z.int().min(1).max(64), default: 64 },
  /**
   * When a copy is read back from the vault's disk and compared. `after-copying`: when all of its camera is copied, so that
   * the camera is read sooner; until then nothing of it is safe.
   */
  'read-back': { schema: z.enum(['at-once', 'after-copying']), default: 'at-once' },
  /** Hashes made of every copy beside SHA-256 and SM3, for the manifests of those who ask for them. */
  'extra-hashes': { schema: z.enum(['no-extra', 'md5', 'xxh64', 'md5-and-xxh64']), default: 'no-extra' },
  /** Free space the vault keeps for ledger and database; `null`: 2 GB or 2 %, whichever is more. */
  'vault-reserve-bytes': { schema: SizeBytes.nullable(), default: null },
  /**
   * Of how many reconciliations of all stations together each original at the archive is read again once, a different part each
   * time; 1: all of them every time, 0: none.
   */
  'archive-reread-parts': { schema: z.int().min(0).max(1000), default: 0 },
  /** Days for which a recording is kept at least, counted from its closing. */
  'retain-days': { schema: z.int().min(183).max(36500), default: 183 },
  /** The same for one that belongs to a case, counted from the day it was linked. A legal hold keeps it beyond. */
  'retain-linked-days': { schema: z.int().min(183).max(36500), default: 1825 },
  /** Days after which the station's own copy of what the archives hold is removed; 0: never for its age. */
  'keep-local-days': { schema: z.int().min(0).max(36500), default: 0 },
  /** Below so many free gigabytes the oldest of those copies are removed sooner, none younger than a day; 0: never. */
  'free-up-below-gigabytes': { schema: z.int().min(0).max(1_000_000), default: 0 },
  /** Which archives have to prove, by being read once more, that they hold what is removed; one on the vault's own disk is never enough. */
  'free-up-needs': { schema: z.enum(['every-archive', 'one-archive']), default: 'every-archive' },
  /** An unfinished recording of a camera that never came back closes after this many hours. */
  'partial-close-after-hours': { schema: z.int().min(1).max(720), default: 12 },
  /** Ports the dock wall shows even when nothing is on them. */
  'wall-ports': { schema: z.int().min(1).max(64), default: 8 },
  /** How the wall names an officer to people who are not signed in. */
  'wall-name-form': { schema: z.enum(['surname-and-digits', 'digits', 'none']), default: 'surname-and-digits' },
  /** Seconds without a touch after which a sign-in ends. */
  'sign-out-after-seconds': { schema: z.int().min(15).max(3600), default: 60 },
} as const satisfies Record<string, { schema: z.ZodType; default: unknown }>;

/** What the values of `extra-hashes` stand for. */
export const EXTRA_HASHES: Record<PolicyValues['extra-hashes'], readonly ExtraHash[]> = {
  'no-extra': [],
  md5: ['md5'],
  xxh64: ['xxh64'],
  'md5-and-xxh64': ['md5', 'xxh64'],
};

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export type PolicyKey = keyof typeof POLICY;
export const PolicyKey = z.enum(Object.keys(POLICY) as [PolicyKey, ...PolicyKey[]]);
/** Keys that are no longer asked for; ledgers of before hold them. */
export const RETIRED_POLICY_KEYS = ['parallel-cameras'] as const;
export type PolicyValues = { [K in PolicyKey]: z.infer<(typeof POLICY)[K]['schema']> };
