import fs from 'node:fs';
import path from 'node:path';
import type { WrittenCatalogue } from '../../contract/api/archive.ts';
import { done, type Failure, type Result } from '../../contract/errors.ts';
import { type Consumer, listSealed } from '../../ledger/index.ts';
import { type Db, type StationIdentity, sql } from '../../store/index.ts';
import { asking } from '../backend.ts';
import { type Destination, findDestination, listDestinations } from '../destinations.ts';
import type { ForwardContext } from '../forward.ts';
import { UNWATCHED } from '../watch.ts';
import { keepsCatalogue, reach, replaceTable } from './reach.ts';
import { runJob } from './run-job.ts';
import { FILES_TABLE, keyOf } from './tables.ts';
import type { CatalogueFile } from './write-job.ts';

export type CatalogueContext = {
  forward: ForwardContext;
  identity: StationIdentity;
  database: string;
  work: Db;
  /** Folder for files on their way into an archive; nothing in it is kept. */
  scratch: string;
  /** Policy `archive-reread-parts`. */
  rereadParts(): number;
  /** Told when the catalogue at an archive could not be written; it is tried again. */
  onFailure(failure: Failure): void;
};

/** One at a time for each destination: a second one asked for meanwhile begins when the first is done. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Brings the catalogue of this station at a destination up to date: only files in which something changed are written, each
 * in one piece, the list of files last. Cut off anywhere it goes on with what is still to be written.
 */
async function writeCatalogue(context: CatalogueContext, destination: Destination): Promise<Result<WrittenCatalogue>> {
  for (let other = underWay.get(destination.id); other; other = underWay.get(destination.id)) await other.catch(() => undefined);
  const mine = writeAlone(context, destination);
  underWay.set(destination.id, mine);
  try {
    return await mine;
  } finally {
    underWay.delete(destination.id);
  }
}

async function writeAlone(context: CatalogueContext, destination: Destination): Promise<Result<WrittenCatalogue>> {
  const { forward, identity, work } = context;
  const reached = await reach(forward, destination);
  if (!reached.ok) return reached;
  const { backend } = reached.value;
  const { stationId, stationCode, agencyId } = identity;
  // One that was emptied gets everything again.
  const held = await asking(backend, destination.name, async () => done(await backend.hash(keyOf(FILES_TABLE.name, stationId, null))));
  if (!held.ok) return held;
  if (held.value === null) forget(work, destination.id);
  const out = path.join(context.scratch, destination.id);
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true, mode: 0o700 });
  try {
    const made = await runJob(
      {
        kind: 'write',
        database: context.database,
        out,
        station: { stationId, stationCode, agencyId },
        destinationId: destination.id,
        after: markOf(work, destination.id),
        known: knownFiles(work, destination.id),
        sealedSeq: listSealed(forward.segments).at(-1)?.last ?? 0,
        writtenAt: forward.now(),
      },
      UNWATCHED,
    );
    if (!made.ok) return made;
    const { head, changed } = made.value.value;
    for (const file of changed) {
      const replace = () => replaceTable(reached.value, destination.name, file.key, path.join(out, file.key));
      const put = await asking(backend, destination.name, replace);
      if (!put.ok) return put;
      remember(work, destination.id, file);
    }
    sql(work, 'INSERT OR REPLACE INTO catalogue_marks VALUES (?, ?)').run(destination.id, head);
    const sum = (of: (file: CatalogueFile) => number) => changed.reduce((total, file) => total + of(file), 0);
    return done({
      destination: destination.name,
      files: changed.length,
      rows: sum((one) => one.rows),
      bytes: sum((one) => one.sizeBytes),
      upTo: head,
    });
  } finally {
    fs.rmSync(out, { recursive: true, force: true });
  }
}

/** The same at one destination, or at every one that has a catalogue (null); ends at the first that fails. */
export async function writeCatalogues(context: CatalogueContext, to: string | null): Promise<Result<WrittenCatalogue[]>> {
  const { ledger } = context.forward;
  const named = to === null ? null : findDestination(ledger, to);
  if (named && !named.ok) return named;
  const written: WrittenCatalogue[] = [];
  for (const destination of named ? [named.value] : listDestinations(ledger)) {
    if (!named && !(await keepsCatalogue(context.forward, destination))) continue;
    const one = await writeCatalogue(context, destination);
    if (!one.ok) return one;
    written.push(one.value);
  }
  return done(written);
}

function markOf(work: Db, destinationId: string): number {
  return sql<{ seq: number }>(work, 'SELECT seq FROM catalogue_marks WHERE destination_id = ?').get(destinationId)?.seq ?? 0;
}

function knownFiles(work: Db, destinationId: string): CatalogueFile[] {
  const text = 'SELECT key, rows, size_bytes AS sizeBytes, sha256 FROM catalogue_files WHERE destination_id = ?';
  return sql<CatalogueFile>(work, text).all(destinationId);
}

function remember(work: Db, destinationId: string, { key, rows, sizeBytes, sha256 }: CatalogueFile): void {
  sql(work, 'INSERT OR REPLACE INTO catalogue_files VALUES (?, ?, ?, ?, ?)').run(destinationId, key, rows, sizeBytes, sha256);
}

function forget(work: Db, destinationId: string): void {
  sql(work, 'DELETE FROM catalogue_marks WHERE destination_id = ?').run(destinationId);
  sql(work, 'DELETE FROM catalogue_files WHERE destination_id = ?').run(destinationId);
}

/** Time between two writings while things go on happening, ms. */
const WRITE_EVERY_MS = 10 * 60_000;

/** Keeps the catalogue at every destination that has one up to date: at once after a quiet time, then every ten minutes while things happen. */
export function catalogueStage(context: CatalogueContext): Consumer {
  const { ledger, breakers } = context.forward;
  const writtenMs = new Map<string, number>();
  return {
    name: 'catalogue',
    types: ['forward.done', 'unit.linked', 'unit.unlinked', 'docking.ended', 'deadline.settled'],
    parallel: 1,
    retryAfterMs: WRITE_EVERY_MS,
    async handle(entry, signal) {
      let waiting = false;
      for (const destination of listDestinations(ledger)) {
        if (signal.aborted) return 'later';
        if (markOf(context.work, destination.id) >= entry.seq || !(await keepsCatalogue(context.forward, destination))) continue;
        const due = performance.now() - (writtenMs.get(destination.id) ?? Number.NEGATIVE_INFINITY) >= WRITE_EVERY_MS;
        if (!due || breakers.of(destination.id).standing !== 'closed') {
          waiting = true;
          continue;
        }
        writtenMs.set(destination.id, performance.now());
        const written = await writeCatalogue(context, destination);
        if (written.ok) continue;
        context.onFailure(written.failure);
        waiting = true;
      }
      return waiting ? 'later' : 'settled';
    },
  };
}
