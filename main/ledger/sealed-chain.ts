import path from 'node:path';
import { type Entry, EntryFrame } from '../contract/entries/index.ts';
import { LedgerOpened } from '../contract/entries/ledger.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { frameOf, type SealedBytes } from './canonical.ts';
import { mayFollow } from './insert.ts';
import { keyAnnouncedIn, readSealed, type SealedName } from './segments.ts';
import { GENESIS_PREV } from './settle.ts';

/** What sealed segments prove by themselves: whose ledger it is, its last sealed entry, and the key that signed it. */
export type SealedChain = {
  opened: Entry<'ledger.opened'>;
  entries: number;
  head: { seq: number; hash: string; at: string };
  publicKey: string;
};

type Link = { seq: number; hash: string; at: string; key: string | null; from: string };

/**
 * Checks sealed segments without a database, as an archive holds them of a station that is gone: each is whole, signed with
 * the key the ledger announced last, of one station, and goes on where the one before it ended, from entry 1 on. Fails with
 * `ledger.segment-damaged` or `ledger.chain-broken`, naming the segment and what is wrong with it.
 */
export function checkSealedChain(segments: readonly SealedName[]): Result<SealedChain> {
  let opened: Entry<'ledger.opened'> | null = null;
  let link: Link = { seq: 0, hash: GENESIS_PREV, at: '', key: null, from: '' };
  let count = 0;
  for (const segment of segments) {
    const name = path.basename(segment.file);
    if (segment.first <= link.seq) return failed('ledger.chain-broken', name, `the ledger forked: ${link.from} holds entry ${segment.first} too`);
    const read = readWhole(segment, link.key);
    if (!read.ok) return read;
    const { entries, station } = read.value;
    opened ??= genesisOf(entries);
    if (!opened) return failed('ledger.segment-damaged', name, 'the ledger does not begin here: entries from 1 on are missing');
    if (station !== opened.body.stationId) return failed('ledger.segment-damaged', name, `sealed by station ${station}`);
    const wrong = linkUp(entries, link, opened.body.stationId);
    if (wrong) return failed(wrong.code, name, wrong.detail);
    const last = frameOf(entries.at(-1) as SealedBytes);
    link = { seq: last.seq, hash: last.hash, at: last.at, key: keyAnnouncedIn(entries) ?? link.key, from: name };
    count += entries.length;
  }
  if (!opened || link.key === null) return failed('ledger.segment-damaged', '—', 'no sealed segment');
  return done({ opened, entries: count, head: { seq: link.seq, hash: link.hash, at: link.at }, publicKey: link.key });
}

/** A segment from elsewhere may be anything; what cannot be read or is no JSON is damage, not a bug. */
function readWhole(segment: SealedName, keyBefore: string | null): Result<{ entries: SealedBytes[]; station: string }> {
  try {
    const read = readSealed(segment, keyBefore);
    return read.ok ? done({ entries: read.value.entries, station: read.value.closing.station }) : read;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof Error && 'syscall' in error)) throw error;
    return failed('ledger.segment-damaged', path.basename(segment.file), error.message);
  }
}

function genesisOf(entries: readonly SealedBytes[]): Entry<'ledger.opened'> | null {
  const [first] = entries;
  const frame = first && frameOf(first);
  return frame?.seq === 1 && frame.type === 'ledger.opened' && LedgerOpened.safeParse(frame.body).success ? (frame as Entry<'ledger.opened'>) : null;
}

/** What keeps a segment's entries from going on after `before`; null when nothing does. */
function linkUp(entries: readonly SealedBytes[], before: Link, stationId: string) {
  let { seq, hash } = before;
  for (const sealed of entries) {
    const parsed = EntryFrame.safeParse(frameOf(sealed));
    if (!parsed.success) return { code: 'ledger.segment-damaged' as const, detail: `an entry after ${seq} is none` };
    const frame = parsed.data;
    if (!mayFollow(seq, frame))
      return { code: 'ledger.segment-damaged' as const, detail: `entries ${seq + 1} to ${frame.seq - 1} are missing before it` };
    if (frame.prev !== hash)
      return { code: 'ledger.chain-broken' as const, detail: `the ledger forked: entry ${frame.seq} follows another entry ${seq}` };
    if (frame.station !== stationId) return { code: 'ledger.segment-damaged' as const, detail: `entry ${frame.seq} is of station ${frame.station}` };
    seq = frame.seq;
    hash = frame.hash;
  }
  return null;
}
