import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import canonicalize from 'canonicalize';
import { v7 as uuidv7 } from 'uuid';
import type { RecordedArchiveResult } from '../../contract/api/archive.ts';
import { type ArchiveDifference, ArchiveResult } from '../../contract/archive-difference.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { Actor } from '../../contract/values.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { asking } from '../backend.ts';
import type { Destination } from '../destinations.ts';
import { explanationsNow } from '../explanations.ts';
import type { Watch } from '../watch.ts';
import { archiveDifferenceId } from './archive-explanations.ts';
import { readArchiveResult } from './archive-results.ts';
import { COMPARISONS } from './compare.sql.ts';
import type { FoundDifference } from './compare-job.ts';
import { partOf, writeInventory } from './inventory.ts';
import { type Reached, reach, readableCatalogue } from './reach.ts';
import { runJob } from './run-job.ts';
import { CHANGED_TABLES } from './tables.ts';
import type { CatalogueContext } from './write-catalogue.ts';

/** Differences of each class that a result lists; all are counted. */
const MAX_LISTED = 1000;
/** Enough for a million originals without spilling to disk (measured: `bench:reconcile`). */
const MEMORY_MB = 1500;
/** The tables are opened, then one for each comparison. */
const STEPS = 1 + COMPARISONS.length;
/** Hours after which a recording without a case, or bytes without a receipt, are a difference. */
const AFTER_HOURS = 24;

export type ArchiveRequest = {
  destination: Destination;
  actor: Actor;
  /** Of the archive only months in which something was confirmed since the last reconciliation, when that was clean; else all of it. */
  sinceClean: boolean;
};

/**
 * Compares all stations of an archive with what it holds, from the archive alone: the catalogues that the stations wrote
 * there and a list of everything in it. The result is recorded: in a private record, its counts and its hash on the ledger.
 * When `watch.signal` aborts, it throws the signal's reason and nothing is recorded.
 */
export async function reconcileArchive(
  context: CatalogueContext,
  { destination, actor, sinceClean }: ArchiveRequest,
  watch: Watch,
): Promise<Result<RecordedArchiveResult>> {
  const { forward, identity } = context;
  const reached = await reach(forward, destination);
  if (!reached.ok) return reached;
  const startedAt = forward.now();
  const head = sql<{ seq: number; hash: string }>(forward.ledger.reader, 'SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1').get();
  if (!head) throw new Error('a ledger has a first entry');
  fs.mkdirSync(context.scratch, { recursive: true, mode: 0o700 });
  const scratch = fs.mkdtempSync(path.join(context.scratch, 'reconcile-'));
  try {
    const inventory = path.join(scratch, 'inventory.csv');
    const base = sinceClean ? cleanBase(forward.ledger, destination.id) : null;
    // Reading again takes all of the archive in turn, so it is for those that look at all of it.
    const part = base === null ? partOf(context, destination) : null;
    const { backend } = reached.value;
    const gather = async () => {
      const months = base === null ? done(null) : await changedMonths(reached.value, destination, base.upTo, scratch, watch);
      if (!months.ok) return months;
      const read = await writeInventory(reached.value, { file: inventory, months: months.value, part }, watch);
      return done({ read, months: months.value, catalogue: await readableCatalogue(reached.value, scratch, null) });
    };
    const gathered = await asking(backend, destination.name, gather, watch.signal);
    if (!gathered.ok) return gathered;
    const { read, months, catalogue } = gathered.value;
    let steps = 0;
    const compared = await runJob(
      {
        kind: 'compare',
        catalogue,
        inventory,
        months,
        destinationId: destination.id,
        at: startedAt,
        afterHours: AFTER_HOURS,
        listed: MAX_LISTED,
        memoryMb: MEMORY_MB,
        threads: Math.min(os.availableParallelism(), 4),
        spill: path.join(scratch, 'spill'),
      },
      {
        signal: watch.signal,
        onStep() {
          watch.onProgress({ phase: 'comparison', items: steps, ofItems: STEPS, bytes: 0, ofBytes: null });
          steps += 1;
        },
      },
    );
    if (!compared.ok) return compared;
    const { stepMs: _, differences: all, ...found } = compared.value.value;
    const differences = await withExplanations(forward.ledger, destination.id, all);
    if (found.stations === 0 && all.length === 0) return failed('archive.no-catalogue', destination.name);
    const recorded = await record(forward.ledger, actor, {
      ...found,
      differences,
      explained: differences.filter((one) => one.explanationId !== null).length,
      read,
      since: base?.since ?? null,
      format: 1,
      id: uuidv7(),
      station: { id: identity.stationId, code: identity.stationCode },
      destination: { id: destination.id, name: destination.name },
      startedAt,
      endedAt: forward.now(),
      head,
    });
    if (part) sql(context.work, 'INSERT OR REPLACE INTO archive_rereads VALUES (?, ?)').run(destination.id, part.n + 1);
    return recorded;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** The last reconciliation of an archive, when the archive held all of what it should; null when it did not, or there was none. */
function cleanBase(ledger: Ledger, destinationId: string): { since: string; upTo: ArchiveResult['upTo'] } | null {
  const last = sql<{ reconciliation_id: string }>(
    ledger.reader,
    'SELECT reconciliation_id FROM archive_reconciliations WHERE destination_id = ? ORDER BY seq DESC LIMIT 1',
  ).get(destinationId);
  const read = last && readArchiveResult(ledger, last.reconciliation_id);
  // One that was made before receipts were counted says nothing to go on from; nor does one whose record is erased.
  if (!read?.ok || read.value.content.upTo.length === 0) return null;
  const { counts, upTo } = read.value.content;
  const isClean = counts.missing + counts.differs + counts.extra + counts.unreadable === 0;
  return isClean ? { since: last?.reconciliation_id ?? '', upTo } : null;
}

/** Months of stations in which the archive confirmed something since, by the catalogue as it is before the archive is listed. */
async function changedMonths(
  reached: Reached,
  { id }: Destination,
  upTo: ArchiveResult['upTo'],
  scratch: string,
  { signal }: Watch,
): Promise<Result<string[]>> {
  const catalogue = await readableCatalogue(reached, path.join(scratch, 'before'), CHANGED_TABLES);
  const found = await runJob({ kind: 'changed', catalogue, destinationId: id, upTo, spill: path.join(scratch, 'spill') }, { signal });
  return found.ok ? done(found.value.value) : found;
}

async function withExplanations(ledger: Ledger, destinationId: string, found: readonly FoundDifference[]): Promise<ArchiveDifference[]> {
  const explanations = await explanationsNow(ledger);
  return found.map((one) => {
    const id = archiveDifferenceId(destinationId, one);
    return { ...one, id, explanationId: explanations.get(id)?.id ?? null };
  });
}

async function record(ledger: Ledger, actor: Actor, found: ArchiveResult): Promise<Result<RecordedArchiveResult>> {
  const content = ArchiveResult.parse(found);
  const canonical = canonicalize(content);
  if (canonical === undefined) throw new Error('a result has no canonical form');
  const sha256 = createHash('sha256').update(canonical, 'utf8').digest('hex');
  const { id, startedAt, stations, items, same, waiting, read, since, unchanged, explained, counts } = content;
  const more = { ...(since === null ? {} : { since, unchanged }), ...(explained === 0 ? {} : { explained }) };
  const [entry] = await ledger.append(
    [
      {
        type: 'archive.reconciled',
        subject: { kind: 'station', id: content.station.id },
        refs: [{ kind: 'destination', id: content.destination.id, role: 'destination' }],
        actor,
        at: content.endedAt,
        body: { destinationId: content.destination.id, stations, items, same, waiting, read, ...more, counts, result: { id, sha256, startedAt } },
      },
    ],
    [{ kind: 'archive-reconciliation', id, data: { canonical } }],
  );
  if (!entry) throw new Error('an entry that was appended is not there');
  return done({ content, sha256, seq: entry.seq });
}
