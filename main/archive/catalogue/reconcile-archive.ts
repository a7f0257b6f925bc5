import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import canonicalize from 'canonicalize';
import { v7 as uuidv7 } from 'uuid';
import type { RecordedArchiveResult } from '../../contract/api/archive.ts';
import { ArchiveResult } from '../../contract/archive-difference.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { Actor } from '../../contract/values.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { asking } from '../backend.ts';
import type { Destination } from '../destinations.ts';
import type { Watch } from '../watch.ts';
import { COMPARISONS } from './compare.sql.ts';
import { type Reached, reach, readableCatalogue } from './reach.ts';
import { runJob } from './run-job.ts';
import { CATALOGUE } from './tables.ts';
import type { CatalogueContext } from './write-catalogue.ts';

/** Differences of each class that a result lists; all are counted. */
const MAX_LISTED = 1000;
/** Enough for a million originals without spilling to disk (measured: `bench:reconcile`). */
const MEMORY_MB = 1500;
/** The tables are opened, then one for each comparison. */
const STEPS = 1 + COMPARISONS.length;
/** Hours after which a recording without a case, or bytes without a receipt, are a difference. */
const AFTER_HOURS = 24;

/**
 * Compares all stations of an archive with what it holds, from the archive alone: the catalogues that the stations wrote
 * there and a list of everything in it. The result is recorded: in a private record, its counts and its hash on the ledger.
 * When `watch.signal` aborts, it throws the signal's reason and nothing is recorded.
 */
export async function reconcileArchive(
  context: CatalogueContext,
  { destination, actor }: { destination: Destination; actor: Actor },
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
    // What a station writes while this lists is newer than its catalogue and waits; so the catalogue is read after the list.
    const part = partOf(context, destination);
    const { backend } = reached.value;
    const gathered = await asking(
      backend,
      destination.name,
      async () => {
        const read = await writeInventory(reached.value, inventory, part, watch);
        return done({ read, catalogue: await readableCatalogue(reached.value, scratch, null) });
      },
      watch.signal,
    );
    if (!gathered.ok) return gathered;
    const { read, catalogue } = gathered.value;
    let steps = 0;
    const compared = await runJob(
      {
        kind: 'compare',
        catalogue,
        inventory,
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
    const { stepMs: _, ...found } = compared.value.value;
    if (found.stations === 0 && found.differences.length === 0) return failed('archive.no-catalogue', destination.name);
    const recorded = await record(forward.ledger, actor, {
      ...found,
      read,
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

type Part = { n: number; of: number };

/** The part of the archive's originals that is read again this time; one that was stopped is read next time. Null for none. */
function partOf({ work, rereadParts }: CatalogueContext, { id }: Destination): Part | null {
  const of = rereadParts();
  if (of === 0) return null;
  const next = sql<{ next_part: number }>(work, 'SELECT next_part FROM archive_rereads WHERE destination_id = ?').get(id)?.next_part ?? 0;
  return { n: next % of, of };
}

/** Whether a file belongs to a part: an original, by a hash of its key, so that parts are of like size and stay what they are. */
function isIn(part: Part | null, key: string): boolean {
  if (!part || !PAYLOAD.test(key)) return false;
  return createHash('sha256').update(key, 'utf8').digest().readUInt32BE() % part.of === part.n;
}

const PAYLOAD = /^[0-9a-f-]{36}\/\d{4}\/\d{2}\/[0-9a-f-]{36}\/data\//;

/** Lists everything of an archive's stations into a file, a part of it with its hash; says of how many it read that. */
async function writeInventory({ backend, tables }: Reached, file: string, part: Part | null, { signal, onProgress }: Watch): Promise<number> {
  const out = fs.createWriteStream(file);
  const failure = new Promise<never>((_, reject) => out.once('error', reject));
  failure.catch(() => undefined);
  out.write('key,size_bytes,sha256\n');
  let [files, read, bytes] = [0, 0, 0];
  for await (const { file: key, sizeBytes } of tables.sizes('')) {
    signal.throwIfAborted();
    if (key.startsWith(CATALOGUE)) continue;
    files += 1;
    const due = isIn(part, key);
    const hashed = due ? await backend.hash(key, signal) : null;
    signal.throwIfAborted();
    if (due) read += 1;
    bytes += hashed?.sizeBytes ?? 0;
    // What is there and cannot be read has no size either: nothing is known of its bytes.
    const size = due ? hashed?.sizeBytes : sizeBytes;
    const room = out.write(`"${key.replaceAll('"', '""')}",${size ?? ''},${hashed?.sha256 ?? ''}\n`);
    if (!room) await Promise.race([new Promise<void>((resolve) => out.once('drain', () => resolve())), failure]);
    onProgress({ phase: 'archive', items: files, ofItems: null, bytes, ofBytes: null });
  }
  await Promise.race([new Promise<void>((resolve) => out.end(() => resolve())), failure]);
  return read;
}

async function record(ledger: Ledger, actor: Actor, found: ArchiveResult): Promise<Result<RecordedArchiveResult>> {
  const content = ArchiveResult.parse(found);
  const canonical = canonicalize(content);
  if (canonical === undefined) throw new Error('a result has no canonical form');
  const sha256 = createHash('sha256').update(canonical, 'utf8').digest('hex');
  const { id, startedAt, stations, items, same, waiting, read, counts } = content;
  const [entry] = await ledger.append(
    [
      {
        type: 'archive.reconciled',
        subject: { kind: 'station', id: content.station.id },
        refs: [{ kind: 'destination', id: content.destination.id, role: 'destination' }],
        actor,
        at: content.endedAt,
        body: { destinationId: content.destination.id, stations, items, same, waiting, read, counts, result: { id, sha256, startedAt } },
      },
    ],
    [{ kind: 'archive-reconciliation', id, data: { canonical } }],
  );
  if (!entry) throw new Error('an entry that was appended is not there');
  return done({ content, sha256, seq: entry.seq });
}
