import canonicalize from 'canonicalize';
import { done, failed, type Result } from '../contract/errors.ts';
import type { SubjectKind } from '../contract/values.ts';
import { type Closing, inclusionPath, type Ledger, lineOf, listSealed, readSealed, type SealedBytes, type SealedName } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';
import { type Tag, textTag } from './bag.ts';
import { breathe } from './disk.ts';

export const CUSTODY = 'evidock/custody.jsonl';
export const SEGMENTS = 'evidock/segments.jsonl';

/** Sealed segments by the entries they hold; the last few read stay at hand. */
export type Segments = {
  /** Seals what is open unless entry `seq` lies in a sealed segment already. Callers at the same time share one seal. */
  sealThrough(seq: number): Promise<Result<null>>;
  /** The checked segment that holds entry `seq`. */
  holding(seq: number): Promise<Result<ReadSegment>>;
};
export type ReadSegment = { entries: SealedBytes[]; closing: Closing };

const KEPT_SEGMENTS = 4;

/** Opens the sealed segments in a ledger's folder. */
export function openSegments(ledger: Ledger, folder: string): Segments {
  const read = new Map<number, ReadSegment>();
  let names: SealedName[] = [];
  let sealing: Promise<unknown> | null = null;

  function locate(seq: number): SealedName | null {
    const found = names.find((name) => name.first <= seq && seq <= name.last);
    if (found) return found;
    names = listSealed(folder);
    return names.find((name) => name.first <= seq && seq <= name.last) ?? null;
  }

  return {
    async sealThrough(seq) {
      while (!locate(seq)) {
        const mine = sealing === null;
        sealing ??= ledger.seal().finally(() => {
          sealing = null;
        });
        await sealing;
        if (mine && !locate(seq)) return failed('ledger.write-failed', `entry ${seq}`, 'could not be sealed');
      }
      return done(null);
    },
    async holding(seq) {
      const name = locate(seq);
      if (!name) return failed('ledger.segment-damaged', `entry ${seq}`, 'is in no sealed segment');
      const known = read.get(name.first);
      if (known) return done(known);
      await breathe();
      const segment = readSealed(name);
      if (!segment.ok) return segment;
      read.set(name.first, segment.value);
      for (const oldest of read.keys()) if (read.size > KEPT_SEGMENTS) read.delete(oldest);
      return segment;
    },
  };
}

/** Numbers of the entries about a thing up to entry `upTo`; with `named`, also those that only name it. */
export function entriesUpTo(reader: Db, about: { kind: SubjectKind; id: string }, upTo: number, named: boolean): number[] {
  const ofSubject = 'SELECT seq FROM entries WHERE subject_kind = ?1 AND subject_id = ?2 AND seq <= ?3';
  const naming = 'UNION SELECT seq FROM entry_refs WHERE kind = ?1 AND id = ?2 AND seq <= ?3';
  return sql<{ seq: number }>(reader, named ? `${ofSubject} ${naming}` : ofSubject)
    .all(about.kind, about.id, upTo)
    .map((row) => row.seq);
}

/**
 * The tag files that prove what happened: each entry verbatim with its hash and its RFC 6962 inclusion proof, and the
 * signed closing lines of the segments those proofs lead to. All entries must be sealed.
 */
export async function custodyTags(segments: Segments, entries: Iterable<number>): Promise<Result<Tag[]>> {
  const lines: string[] = [];
  const closings = new Map<number, string>();
  let last: { segment: ReadSegment; leaves: string[] } | null = null;
  for (const seq of [...new Set(entries)].sort((a, b) => a - b)) {
    if (!last || seq > last.segment.closing.last) {
      const segment = await segments.holding(seq);
      if (!segment.ok) return segment;
      last = { segment: segment.value, leaves: segment.value.entries.map((entry) => entry.hash) };
      closings.set(segment.value.closing.first, `${canonicalize({ closing: segment.value.closing })}\n`);
    }
    lines.push(custodyLine(last.segment, last.leaves, seq));
    if (lines.length % 20 === 0) await breathe();
  }
  return done([textTag(CUSTODY, lines.join('')), textTag(SEGMENTS, [...closings.values()].join(''))]);
}

function custodyLine({ entries, closing }: ReadSegment, leaves: readonly string[], seq: number): string {
  const index = seq - closing.first;
  const entry = entries[index];
  if (!entry) throw new RangeError(`entry ${seq} is not in its segment`);
  const proof = { first: closing.first, last: closing.last, index, path: inclusionPath(leaves, index) };
  // The segment's own line with the proof put before its closing brace: the canonical bytes stay as they are.
  return `${lineOf(entry).slice(0, -1)},"proof":${JSON.stringify(proof)}}\n`;
}
