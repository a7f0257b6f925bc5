import { z } from 'zod';
import { Base64Url, Count, Uuid } from '../values.ts';

/** Entry 1 of every ledger: who the station is. Everything after it hangs on this entry's hash. */
export const LedgerOpened = z.strictObject({
  stationId: Uuid,
  stationCode: z.string().min(1).max(20),
  agencyId: Uuid,
  /** Ed25519 public key, raw 32 bytes; seals of this ledger's segments verify with it. */
  publicKey: Base64Url,
  format: z.literal(1),
});

/**
 * The ledger goes on under a new key because it can not be the only one of its station: the former key is not there, as
 * after a backup, which has no keys, was put back (`key-lost`); an archive holds entries that follow ours (`behind`), or
 * others under our numbers (`forked`). Segments that end at or after this entry verify with the new key. It follows the
 * entry before it in the chain, but leaps over the numbers that may have been used elsewhere.
 */
export const LedgerContinued = z.strictObject({
  /** 2 for the first continuation; higher than any an archive has seen. */
  epoch: z.int().min(2),
  reason: z.enum(['key-lost', 'behind', 'forked']),
  /** The number this entry has. */
  seq: z.int().positive(),
  formerPublicKey: Base64Url,
  publicKey: Base64Url,
});

/** What the start-up settlement of open segment and database had to repair. Written only when there was something. */
export const LedgerSettled = z.strictObject({
  /** Bytes of a torn last line cut from the open segment. */
  cutBytes: Count,
  /** Whole entries found in the segment and missing in the database. */
  rolledForward: Count,
  /** Entries found in the database and missing in the segment. */
  rewritten: Count,
});

/** A check of chain, projections and vault, with what it found. */
export const VerificationDone = z.strictObject({
  full: z.boolean(),
  entries: Count,
  items: Count,
  bytesRead: Count,
  violations: Count,
});
