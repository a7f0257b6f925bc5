import fs from 'node:fs';
import path from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { EntryFrame } from '../contract/entries/index.ts';
import { LedgerContinued, LedgerOpened } from '../contract/entries/ledger.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { Base64Url, Hash256, Uuid } from '../contract/values.ts';
import { type Db, fsyncFolder, sql } from '../store/index.ts';
import { frameOf, lineOf, parseLine, type SealedBytes } from './canonical.ts';
import { mayFollow } from './insert.ts';
import { merkleRoot } from './merkle.ts';
import { type StationKey, verifySignature } from './station-key.ts';

/** What a sealed segment's last line says: its extent, its last hash, and the signed Merkle root of its entry hashes. */
export const Closing = z.strictObject({
  station: Uuid,
  first: z.int().positive(),
  last: z.int().positive(),
  closingHash: Hash256,
  merkleRoot: Hash256,
  publicKey: Base64Url,
  signature: Base64Url,
});
export type Closing = z.infer<typeof Closing>;

const ClosingLine = z.strictObject({ closing: Closing });

export const OPEN_SEGMENT = 'open.jsonl';
const SEALED_NAME = /^(\d{12})-(\d{12})\.jsonl$/;

/** File name of a sealed segment; twelve digits so that names sort as numbers. */
export function segmentName(first: number, last: number): string {
  return `${String(first).padStart(12, '0')}-${String(last).padStart(12, '0')}.jsonl`;
}

export type SealedName = { file: string; first: number; last: number };

/** The sealed segments of a ledger folder, in order. */
export function listSealed(folder: string): SealedName[] {
  return sealedIn(fs.readdirSync(folder).map((name) => path.join(folder, name)));
}

/** Those of these files that are sealed segments by their names, in order. */
export function sealedIn(files: readonly string[]): SealedName[] {
  return files
    .flatMap((file) => {
      const match = SEALED_NAME.exec(path.basename(file));
      return match ? [{ file, first: Number(match[1]), last: Number(match[2]) }] : [];
    })
    .sort((a, b) => a.first - b.first);
}

/**
 * Reads a sealed segment and checks everything it claims; `ledger.segment-damaged` names what is wrong. The signature
 * must be of the key the ledger itself announced last, in the segment or before it (`keyBefore`): a closing line that
 * brings a key of its own proves nothing. A ledger that announced none is checked for consistency only.
 */
export function readSealed(segment: SealedName, keyBefore: string | null): Result<{ entries: SealedBytes[]; closing: Closing }> {
  return parseSealed(fs.readFileSync(segment.file, 'utf8'), segment, keyBefore);
}

/** `readSealed` of a segment that was fetched from elsewhere. */
export function parseSealed(text: string, segment: SealedName, keyBefore: string | null): Result<{ entries: SealedBytes[]; closing: Closing }> {
  const name = path.basename(segment.file);
  const lines = text.split('\n');
  if (lines.pop() !== '') return failed('ledger.segment-damaged', name, 'does not end with a newline');
  const closing = parseClosing(lines.pop());
  if (!closing) return failed('ledger.segment-damaged', name, 'no closing line');
  const entries: SealedBytes[] = [];
  for (const line of lines) {
    const entry = parseLine(line);
    if (!entry) return failed('ledger.segment-damaged', name, `line ${entries.length + 1} does not match its hash`);
    entries.push(entry);
  }
  const wrong = wrongInClosing(entries, closing, segment, keyBefore);
  return wrong ? failed('ledger.segment-damaged', name, wrong) : done({ entries, closing });
}

function parseClosing(line: string | undefined): Closing | null {
  if (!line?.startsWith('{"closing":')) return null;
  try {
    return ClosingLine.parse(JSON.parse(line)).closing;
  } catch {
    // Torn or altered: it closes nothing.
    return null;
  }
}

/** Entries that say which key seals this ledger from then on. */
const ANNOUNCEMENTS = { 'ledger.opened': LedgerOpened, 'ledger.continued': LedgerContinued };

/** The key that the newest announcement among `entries` names; null when there is none. */
export function keyAnnouncedIn(entries: readonly SealedBytes[]): string | null {
  let key: string | null = null;
  for (const entry of entries) {
    const { type, body } = frameOf(entry);
    if (!Object.hasOwn(ANNOUNCEMENTS, type)) continue;
    key = ANNOUNCEMENTS[type as keyof typeof ANNOUNCEMENTS].parse(body).publicKey;
  }
  return key;
}

/** The key a ledger announced last before an entry; null for one that announced none. */
export function announcedKeyOf(db: Db, beforeSeq: number): string | null {
  const types = Object.keys(ANNOUNCEMENTS).map((type) => `'${type}'`);
  const row = sql<SealedBytes>(
    db,
    `SELECT canonical, hash FROM entries WHERE type IN (${types.join(', ')}) AND seq < ? ORDER BY seq DESC LIMIT 1`,
  ).get(beforeSeq);
  return row ? keyAnnouncedIn([row]) : null;
}

function wrongInClosing(entries: SealedBytes[], closing: Closing, segment: SealedName, keyBefore: string | null): string | null {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return 'holds no entries';
  if (frameOf(first).seq !== segment.first || closing.first !== segment.first) return 'first entry is not the one it names';
  if (frameOf(last).seq !== segment.last || closing.last !== segment.last) return 'last entry is not the one it names';
  if (!isWhole(entries.map(frameOf))) return 'entries are missing';
  if (closing.closingHash !== last.hash) return 'closing hash differs';
  if (closing.merkleRoot !== merkleRoot(entries.map((entry) => entry.hash))) return 'Merkle root differs';
  const key = keyAnnouncedIn(entries) ?? keyBefore;
  if (key !== null && closing.publicKey !== key) return 'signed with a key that this ledger did not announce';
  const { signature, ...signed } = closing;
  return verifySignature(closing.publicKey, signedBytes(signed), signature) ? null : 'signature does not verify';
}

function isWhole(frames: readonly EntryFrame[]): boolean {
  return frames.every((frame, n) => n === 0 || mayFollow(frames[n - 1]?.seq ?? 0, frame));
}

/**
 * Seals `entries` as one file: written aside, flushed, renamed, folder flushed. When it returns the segment is durable
 * and never changes again.
 */
export function writeSealed(folder: string, station: string, entries: readonly SealedBytes[], key: StationKey): SealedName {
  const first = frameOf(at(entries, 0)).seq;
  const closingEntry = at(entries, entries.length - 1);
  const last = frameOf(closingEntry).seq;
  const signed = {
    station,
    first,
    last,
    closingHash: closingEntry.hash,
    merkleRoot: merkleRoot(entries.map((entry) => entry.hash)),
    publicKey: key.publicKey,
  };
  const closing = canonicalize({ closing: { ...signed, signature: key.sign(signedBytes(signed)) } });
  const file = path.join(folder, segmentName(first, last));
  const temporary = `${file}.tmp`;
  // What a failed attempt left is only half of a segment.
  fs.rmSync(temporary, { force: true });
  const fd = fs.openSync(temporary, 'w', 0o400);
  try {
    fs.writeFileSync(fd, `${entries.map(lineOf).join('\n')}\n${closing}\n`);
    fs.fsyncSync(fd);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
  fsyncFolder(folder);
  return { file, first, last };
}

function at(entries: readonly SealedBytes[], index: number): SealedBytes {
  const entry = entries[index];
  if (!entry) throw new RangeError('a segment needs at least one entry');
  return entry;
}

function signedBytes(signed: Omit<Closing, 'signature'>): Buffer {
  const text = canonicalize(signed);
  if (text === undefined) throw new TypeError('closing has no canonical form');
  return Buffer.from(text, 'utf8');
}

/**
 * The open segment as it lies on disk: whole, chain-valid lines, and how many bytes of a torn tail follow them. `brokenAt`
 * is the first whole line (from 1) that does not match its hash, `hasHole` whether that line has bytes nobody ever wrote.
 */
export type OpenSegmentContent = { entries: SealedBytes[]; tornBytes: number; brokenAt: number | null; hasHole: boolean };

/**
 * Reads the open segment. Only an unfinished last line counts as torn; a whole line that does not match its hash is
 * damage and is never cut by itself. A power cut can leave a hole in a group that was never flushed, with zeros where a
 * sector did not reach the disk and whole lines behind it: entries have no zero bytes, so such a hole can be told.
 */
export function readOpen(folder: string): OpenSegmentContent {
  const file = path.join(folder, OPEN_SEGMENT);
  if (!fs.existsSync(file)) return { entries: [], tornBytes: 0, brokenAt: null, hasHole: false };
  const bytes = fs.readFileSync(file);
  const entries: SealedBytes[] = [];
  let at = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.subarray(at, end);
    const entry = parseLine(line.toString('utf8'));
    if (!entry) return { entries, tornBytes: bytes.length - at, brokenAt: entries.length + 1, hasHole: line.includes(0) };
    entries.push(entry);
    at = end + 1;
  }
  return { entries, tornBytes: bytes.length - at, brokenAt: null, hasHole: false };
}
