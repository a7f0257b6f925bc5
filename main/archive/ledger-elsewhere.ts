import { setTimeout } from 'node:timers/promises';
import { type Failure, failed, type Result } from '../contract/errors.ts';
import { announcedKeyOf, epochOf, frameOf, type Ledger, parseSealed, type SealedName, sealedIn } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { asking, type Backend } from './backend.ts';
import type { Connections } from './connections.ts';
import { type Destination, listDestinations } from './destinations.ts';
import { hashFile } from './file-io.ts';
import type { FileReader } from './file-reader.ts';

/**
 * What the archives hold of this station's ledger. `behind`: entries that follow ours, `forked`: others under our
 * numbers; either way this ledger is not the only one of its station. `epoch` and `seq` are the highest seen anywhere.
 */
export type LedgerElsewhere = { relation: 'same' | 'behind' | 'forked'; epoch: number; seq: number; failures: Failure[] };

/** An archive that does not answer within this time is one that cannot be asked now; a start must not hang on it. */
const ANSWER_WITHIN_MS = 5000;

/** Folder, beside a station's bags, of the segments of one life of its ledger; each life's is whole from entry 1 on. */
export function ledgerFolder(epoch: number): string {
  return epoch === 1 ? 'ledger' : `ledger-${epoch}`;
}

/** The life of a ledger that a folder beside a station's bags holds; null when it holds none. */
export function epochOfFolder(name: string): number | null {
  const match = /^ledger(?:-(\d+))?$/.exec(name);
  return match ? Number(match[1] ?? 1) : null;
}

/** Compares this ledger with what every archive that can be reached holds of it. */
export async function lookElsewhere(ledger: Ledger, connections: Connections): Promise<LedgerElsewhere> {
  const found: LedgerElsewhere = { relation: 'same', epoch: epochOf(ledger.reader), seq: 0, failures: [] };
  for (const destination of listDestinations(ledger)) {
    const opened = await connections.open(destination, hashFile);
    const looked = opened.ok ? await lookAt(ledger, destination, opened.value, found) : opened;
    if (!looked.ok) found.failures.push(looked.failure);
  }
  return found;
}

async function lookAt(ledger: Ledger, { id, name }: Destination, backend: Backend, found: LedgerElsewhere): Promise<Result<null>> {
  const unanswered = setTimeout(ANSWER_WITHIN_MS, failed('destination.unreachable', name, 'no answer'), { ref: false });
  return asking(backend, name, async () => {
    const checked = await Promise.race([backend.check(id), unanswered]);
    if (checked.ok) await compareWith(ledger, backend, found);
    return checked;
  });
}

async function compareWith(ledger: Ledger, backend: Backend, found: LedgerElsewhere): Promise<void> {
  const mine = epochOf(ledger.reader);
  for (const name of await backend.folders(ledger.stationId)) {
    const epoch = epochOfFolder(name);
    if (epoch === null) continue;
    const files: string[] = [];
    for await (const file of backend.list(`${ledger.stationId}/${name}`)) files.push(file);
    const segments = sealedIn(files);
    found.epoch = Math.max(found.epoch, epoch);
    found.seq = Math.max(found.seq, segments.at(-1)?.last ?? 0);
    if (epoch !== mine) continue;
    const relation = await relationTo(ledger, backend, segments, found.failures);
    if (relation === 'forked' || found.relation === 'same') found.relation = relation;
  }
}

/** How this ledger stands to segments of the same life at an archive; a segment that proves nothing says nothing. */
async function relationTo(
  ledger: Ledger,
  reader: FileReader,
  segments: readonly SealedName[],
  failures: Failure[],
): Promise<LedgerElsewhere['relation']> {
  const head = sql<{ seq: number }>(ledger.reader, 'SELECT max(seq) AS seq FROM entries').get()?.seq ?? 0;
  const newest = segments.at(-1);
  const around = newest && newest.last > head ? segments.find((one) => one.first <= head && head <= one.last) : newest;
  if (!newest) return 'same';
  // Our newest entry is not among theirs, which go on beyond it.
  if (!around) return 'forked';
  const read = parseSealed((await reader.text(around.file)) ?? '', around, announcedKeyOf(ledger.reader, around.first));
  if (!read.ok) {
    failures.push(read.failure);
    return 'same';
  }
  const ours = sql<{ hash: string }>(ledger.reader, 'SELECT hash FROM entries WHERE seq = ?');
  const differs = read.value.entries.some((entry) => {
    const known = ours.get(frameOf(entry).seq);
    return known !== undefined && known.hash !== entry.hash;
  });
  if (differs) return 'forked';
  return newest.last > head ? 'behind' : 'same';
}
