import fs from 'node:fs';
import path from 'node:path';
import type { ArchiveStation } from '../../contract/api/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { Uuid } from '../../contract/values.ts';
import { LEDGER_LEAP, sealedIn } from '../../ledger/index.ts';
import { asking, type Backend } from '../backend.ts';
import type { Destination } from '../destinations.ts';
import { epochOfFolder } from '../ledger-elsewhere.ts';
import { UNWATCHED } from '../watch.ts';
import { type Reached, reach, readableCatalogue } from './reach.ts';
import { runJob } from './run-job.ts';
import { STATIONS_TABLES } from './tables.ts';
import type { CatalogueContext } from './write-catalogue.ts';

/** How long an answer is good enough to be given again: it takes a process and a look at every station's tables, ms. */
const FRESH_MS = 30_000;

export type ArchiveDesk = { stations(destination: Destination): Promise<Result<ArchiveStation[]>> };

/** All stations of an archive in one view, for whoever asks; many who ask at once are given one answer. */
export function createArchiveDesk(context: CatalogueContext): ArchiveDesk {
  const answers = new Map<string, { askedMs: number; answer: Promise<Result<ArchiveStation[]>> }>();
  return {
    stations(destination) {
      const known = answers.get(destination.id);
      if (known && performance.now() - known.askedMs < FRESH_MS) return known.answer;
      const asked = { askedMs: performance.now(), answer: listArchiveStations(context, destination) };
      answers.set(destination.id, asked);
      // What went wrong is asked again at once.
      const forget = () => answers.get(destination.id) === asked && answers.delete(destination.id);
      void asked.answer.then((answer) => answer.ok || forget(), forget);
      return asked.answer;
    },
  };
}

/**
 * Every station that archives to a destination, from the archive alone: what its catalogue says of it, and whether its ledger
 * lies there without a hole. A station whose catalogue is missing or altered is listed with what is known of it.
 */
async function listArchiveStations(context: CatalogueContext, destination: Destination): Promise<Result<ArchiveStation[]>> {
  const reached = await reach(context.forward, destination);
  if (!reached.ok) return reached;
  fs.mkdirSync(context.scratch, { recursive: true, mode: 0o700 });
  const scratch = fs.mkdtempSync(path.join(context.scratch, 'stations-'));
  try {
    const { backend } = reached.value;
    return await asking(backend, destination.name, () => listFrom(reached.value, destination, scratch));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

async function listFrom(reached: Reached, { name }: Destination, scratch: string): Promise<Result<ArchiveStation[]>> {
  const { backend } = reached;
  const catalogue = await readableCatalogue(reached, scratch, STATIONS_TABLES);
  const listed = await runJob({ kind: 'stations', catalogue, spill: path.join(scratch, 'spill') }, UNWATCHED);
  if (!listed.ok) return listed;
  const { stations, broken } = listed.value.value;
  const ids = (await backend.folders('')).filter((folder) => Uuid.safeParse(folder).success);
  const rows: ArchiveStation[] = [];
  for (const stationId of ids.sort()) {
    const ledger = await ledgerAt(backend, stationId);
    const said = stations.find((one) => one.stationId === stationId);
    if (!said && ledger === null) continue;
    const { code = null, lastSeenAt = null, headSeq = null, items = null, bytes = null } = said ?? {};
    const { waiting = null, waitingSince = null, late = null, lastDockingAt = null } = said ?? {};
    const state = said ? 'whole' : broken.includes(stationId) ? 'altered' : 'missing';
    const facts = { code, lastSeenAt, headSeq, items, bytes, waiting, waitingSince, late, lastDockingAt };
    rows.push({ stationId, ...facts, catalogue: state, ledgerTo: ledger?.to ?? null, ledgerMissing: ledger?.missing ?? null });
  }
  if (rows.length === 0) return failed('archive.no-catalogue', name);
  return done(rows);
}

/** Up to which entry the newest life of a station's ledger lies there, and how many before it are missing; null when none does. */
async function ledgerAt(backend: Backend, stationId: string): Promise<{ to: number; missing: number } | null> {
  const folders = (await backend.folders(stationId)).filter((name) => epochOfFolder(name) !== null);
  const newest = folders.sort((one, other) => (epochOfFolder(one) ?? 0) - (epochOfFolder(other) ?? 0)).at(-1);
  if (newest === undefined) return null;
  let [to, missing] = [0, 0];
  const files: string[] = [];
  for await (const file of backend.list(`${stationId}/${newest}`)) files.push(file);
  for (const { first, last } of sealedIn(files)) {
    const gap = first - to - 1;
    // A continuation leaps on purpose.
    if (gap > 0 && gap < LEDGER_LEAP) missing += gap;
    to = Math.max(to, last);
  }
  return { to, missing };
}
