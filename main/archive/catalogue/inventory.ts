import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Uuid } from '../../contract/values.ts';
import { sql } from '../../store/index.ts';
import type { Listed } from '../backend.ts';
import type { Destination } from '../destinations.ts';
import { epochOfFolder } from '../ledger-elsewhere.ts';
import type { Watch } from '../watch.ts';
import type { Reached } from './reach.ts';
import { CATALOGUE } from './tables.ts';
import type { CatalogueContext } from './write-catalogue.ts';

export type Part = { n: number; of: number };

/** The part of the archive's originals that is read again this time; one that was stopped is read next time. Null for none. */
export function partOf({ work, rereadParts }: CatalogueContext, { id }: Destination): Part | null {
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

export type Inventory = {
  file: string;
  /** Months of stations to list, besides their ledgers; null for everything. */
  months: readonly string[] | null;
  /** What is read again; null for nothing. */
  part: Part | null;
};

/** Lists what an archive holds of its stations into a file, a part of it with its hash; says of how many it read that. */
export async function writeInventory(reached: Reached, { file, months, part }: Inventory, { signal, onProgress }: Watch): Promise<number> {
  const { backend } = reached;
  const out = fs.createWriteStream(file);
  const failure = new Promise<never>((_, reject) => out.once('error', reject));
  failure.catch(() => undefined);
  out.write('key,size_bytes,sha256\n');
  let [files, read, bytes] = [0, 0, 0];
  for await (const { file: key, sizeBytes } of filesIn(reached, months)) {
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

async function* filesIn({ backend, tables }: Reached, months: readonly string[] | null): AsyncGenerator<Listed> {
  if (months === null) {
    yield* tables.sizes('');
    return;
  }
  for (const month of months) yield* tables.sizes(month);
  for (const station of (await backend.folders('')).filter((name) => Uuid.safeParse(name).success)) {
    for (const folder of await backend.folders(station)) if (epochOfFolder(folder) !== null) yield* tables.sizes(`${station}/${folder}`);
  }
}
