import canonicalize from 'canonicalize';
import type { Entry } from '../contract/entries/index.ts';
import {
  announcedKeyOf,
  type Closing,
  entriesAbout,
  frameOf,
  type Ledger,
  listSealed,
  merkleTree,
  readSealed,
  type SealedBytes,
} from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** Ledger entries with the proof that each stands in a segment its station signed. */
export type Custody = { lines: string[]; closings: string[] };

/** `seqs` of its entries, in order, and the tree over their hashes. */
type Segment = { seqs: number[]; tree: ReturnType<typeof merkleTree>; closing: Closing };

/** Reads sealed segments for proofs, each once; `folder` is where this ledger's segments lie. */
export function createProver(ledger: Ledger, folder: string) {
  const read = new Map<number, Segment>();

  function segmentOf(seq: number): Segment | null {
    for (const segment of read.values()) if (seq >= segment.closing.first && seq <= segment.closing.last) return segment;
    const found = listSealed(folder).find((one) => seq >= one.first && seq <= one.last);
    if (!found) return null;
    const sealed = readSealed(found, announcedKeyOf(ledger.reader, found.first));
    if (!sealed.ok) throw new Error(`${sealed.failure.code}: ${sealed.failure.what}: ${sealed.failure.detail}`);
    const { entries, closing } = sealed.value;
    const segment = { seqs: entries.map((entry) => frameOf(entry).seq), tree: merkleTree(entries.map((entry) => entry.hash)), closing };
    read.set(found.first, segment);
    return segment;
  }

  /**
   * The entries as they lie on the ledger, each with its audit path (RFC 6962) in its segment's signed tree. Seals the
   * open segment when the newest of them is still in it.
   */
  async function prove(entries: readonly Entry[]): Promise<Custody> {
    const last = entries.at(-1);
    if (last && !segmentOf(last.seq)) await ledger.seal();
    const closings = new Map<number, Closing>();
    const lines = entries.map((entry) => {
      const sealed = sql<SealedBytes>(ledger.reader, 'SELECT canonical, hash FROM entries WHERE seq = ?').get(entry.seq);
      const segment = segmentOf(entry.seq);
      if (!sealed || !segment) throw new Error(`entry ${entry.seq} is in no sealed segment`);
      const { first, last: end } = segment.closing;
      closings.set(first, segment.closing);
      const index = segment.seqs.indexOf(entry.seq);
      const proof = { first, last: end, index, size: segment.seqs.length, path: segment.tree.path(index) };
      return `{"entry":${sealed.canonical},"hash":"${sealed.hash}","proof":${canonicalize(proof)}}`;
    });
    return { lines, closings: [...closings.values()].map((closing) => canonicalize({ closing }) as string) };
  }

  return { prove };
}
export type Prover = ReturnType<typeof createProver>;

/** Every entry about a unit, its items, their dockings and camera, in order, up to an entry (null: all of them). */
export function custodyEntries(ledger: Ledger, unit: Entry<'unit.closed'>, upTo: number | null): Entry[] {
  const about = [
    ...entriesAbout(ledger.reader, 'unit', unit.subject.id),
    ...unit.body.items.flatMap((item) => entriesAbout(ledger.reader, 'item', item.itemId)),
    ...unit.refs.filter((ref) => ref.kind === 'docking' || ref.kind === 'camera').flatMap((ref) => entriesWithSubject(ledger, ref.kind, ref.id)),
    ...entriesWithSubject(ledger, 'station', ledger.stationId).filter((entry) => entry.type === 'ledger.opened'),
  ];
  const bySeq = new Map(about.filter((entry) => upTo === null || entry.seq <= upTo).map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Entries about the thing itself, not those that only name it. */
function entriesWithSubject(ledger: Ledger, kind: string, id: string): Entry[] {
  return sql<SealedBytes>(ledger.reader, 'SELECT canonical, hash FROM entries WHERE subject_kind = ? AND subject_id = ? ORDER BY seq')
    .all(kind, id)
    .map((row) => frameOf(row) as Entry);
}
