import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Failure } from '../contract/errors.ts';
import { failed } from '../contract/errors.ts';
import { announcedKeyOf, epochOf, frameOf, type Ledger, listSealed, readSealed, type SealedName } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { type Destination, listDestinations } from './destinations.ts';
import { checkFolder } from './folder-destination.ts';

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
export async function lookElsewhere(ledger: Ledger): Promise<LedgerElsewhere> {
  const found: LedgerElsewhere = { relation: 'same', epoch: epochOf(ledger.reader), seq: 0, failures: [] };
  for (const destination of listDestinations(ledger)) {
    const reached = await reach(destination);
    if (reached) found.failures.push(reached);
    else compareWith(ledger, path.join(destination.folder, ledger.stationId), found);
  }
  return found;
}

async function reach({ folder, id }: Destination): Promise<Failure | null> {
  const answered = await Promise.race([fs.promises.readdir(folder).then(() => true, String), setTimeout(ANSWER_WITHIN_MS, false, { ref: false })]);
  if (answered !== true) return failed('destination.unreachable', folder, answered || 'no answer').failure;
  const checked = checkFolder(folder, id);
  return checked.ok ? null : checked.failure;
}

function compareWith(ledger: Ledger, place: string, found: LedgerElsewhere): void {
  const mine = epochOf(ledger.reader);
  for (const name of fs.existsSync(place) ? fs.readdirSync(place) : []) {
    const epoch = epochOfFolder(name);
    if (epoch === null) continue;
    const segments = listSealed(path.join(place, name));
    found.epoch = Math.max(found.epoch, epoch);
    found.seq = Math.max(found.seq, segments.at(-1)?.last ?? 0);
    if (epoch !== mine) continue;
    const relation = relationTo(ledger, segments, found.failures);
    if (relation === 'forked' || found.relation === 'same') found.relation = relation;
  }
}

/** How this ledger stands to segments of the same life at an archive; a segment that proves nothing says nothing. */
function relationTo(ledger: Ledger, segments: readonly SealedName[], failures: Failure[]): LedgerElsewhere['relation'] {
  const head = sql<{ seq: number }>(ledger.reader, 'SELECT max(seq) AS seq FROM entries').get()?.seq ?? 0;
  const newest = segments.at(-1);
  const around = newest && newest.last > head ? segments.find((one) => one.first <= head && head <= one.last) : newest;
  if (!newest) return 'same';
  // Our newest entry is not among theirs, which go on beyond it.
  if (!around) return 'forked';
  const read = readSealed(around, announcedKeyOf(ledger.reader, around.first));
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
