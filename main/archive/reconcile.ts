import { createHash } from 'node:crypto';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Explanation, ReconcileReport } from '../contract/api/archive.ts';
import { type ErrorCode, type Failure, failed, type Result } from '../contract/errors.ts';
import type { Progress } from '../contract/long-run.ts';
import type { Actor } from '../contract/values.ts';
import { totalOf } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { asking } from './backend.ts';
import { parseManifest } from './bag.ts';
import type { Destination } from './destinations.ts';
import { explanationsNow } from './explanations.ts';
import type { HashedFile } from './file-io.ts';
import type { FileReader } from './file-reader.ts';
import { folderReader } from './folder-backend.ts';
import { type ForwardContext, isStationKey } from './forward.ts';
import { isFreed } from './freed.ts';
import { epochOfFolder } from './ledger-elsewhere.ts';
import { reportOf } from './reconcile-report.ts';
import { differenceId, type KeptResult, list, sealResult, WAITING } from './results.ts';
import { totalsOf } from './trouble.ts';
import { UNWATCHED, type Watch } from './watch.ts';

/** One file of a source as it was found: its bytes' hash, or why it was not read. */
export type SourceFile = { path: string } & ({ sha256: string } | { reason: ErrorCode });

export type ReconcileRequest = {
  /** Every file of the camera or folder, already read in full; null when only vault and archive are compared. */
  source: AsyncIterable<SourceFile> | null;
  sourceName: string | null;
  destination: Destination | null;
  actor: Actor;
};

/** `incomplete` is 1 where part of the camera's file is missing and no later item has all of it. */
type Row = { item_id: string; sha256: string; size_bytes: number; incomplete: number };
type Kind = 'missing' | 'differs' | 'extra' | 'waiting';

/** One thing that is not as it should be, with all that tells it from every other. */
type Found = {
  failure: Failure;
  /** Where, in words that stay the same from one run to the next. */
  place: string;
  destinationId?: string;
  unitId?: string | null;
  itemId?: string;
  expectedSha256?: string;
  foundSha256?: string | null;
  /** Without a hash of what is there, nobody can tell later whether it is still the same. */
  explainable?: false;
};

type Run = {
  tally: Tally;
  explained: ReadonlyMap<string, Explanation>;
  /** Ends the reconciliation when it is to stop, so that what was not read is never taken for missing. */
  hashOf(reader: FileReader, file: string): Promise<HashedFile | null>;
  signal: AbortSignal;
  /** One more file of that size was compared. */
  compared(phase: Progress['phase'], sizeBytes: number): void;
};
type Tally = Pick<KeptResult, 'same' | Kind | 'explained' | 'differences'> & { classes: Map<ErrorCode, number> };

/**
 * Compares source, vault and archive item by item, reading every byte of each. A file that is gone from the source is
 * no difference: cameras are cleared. An item that no archive holds yet is `waiting`. What was found is recorded: the result
 * in a private record, its counts and its hash on the ledger. When `watch.signal` aborts, it throws the signal's reason and
 * nothing is recorded.
 */
export async function reconcile(context: ForwardContext, request: ReconcileRequest, watch: Watch = UNWATCHED): Promise<Result<ReconcileReport>> {
  const { destination } = request;
  const opened = destination && (await context.connections.open(destination, context.hashAtRest));
  if (!destination || !opened) return compareAll(context, request, null, watch);
  if (!opened.ok) return opened;
  const backend = opened.value;
  const ask = async (): Promise<Result<ReconcileReport>> => {
    const checked = await backend.check(destination.id);
    return checked.ok ? compareAll(context, request, { destination, reader: backend }, watch) : checked;
  };
  return asking(backend, destination.name, ask, watch.signal);
}

/** A destination, and what reads there. */
type Archive = { destination: Destination; reader: FileReader };

async function compareAll(
  context: ForwardContext,
  request: ReconcileRequest,
  archive: Archive | null,
  watch: Watch,
): Promise<Result<ReconcileReport>> {
  const { destination } = request;
  const startedAt = context.now();
  const head = sql<{ seq: number; hash: string }>(context.ledger.reader, 'SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1').get();
  if (!head) throw new Error('a ledger has a first entry');
  const tally: Tally = { same: 0, missing: 0, differs: 0, extra: 0, waiting: 0, explained: 0, differences: [], classes: new Map() };
  const run: Run = {
    tally,
    explained: await explanationsNow(context.ledger),
    signal: watch.signal,
    async hashOf(reader, file) {
      watch.signal.throwIfAborted();
      const hashed = await reader.hash(file, watch.signal);
      watch.signal.throwIfAborted();
      return hashed;
    },
    compared: progressOf(context, destination, watch),
  };
  const span = sql<{ first: string | null; last: string | null }>(
    context.ledger.reader,
    'SELECT min(stored_at) AS first, max(stored_at) AS last FROM items',
  ).get();
  if (request.source) await compareSource(context, request.source, run);
  await compareVault(context, context.vault, run);
  if (archive) await compareArchive(context, archive, run);
  watch.signal.throwIfAborted();
  const id = uuidv7();
  await record(context, request, {
    ...tally,
    format: 1,
    id,
    station: { id: context.stationId, code: context.stationCode },
    destination: destination && { id: destination.id, name: destination.name },
    source: request.sourceName,
    startedAt,
    endedAt: context.now(),
    head,
    itemsFrom: span?.first ?? null,
    itemsTo: span?.last ?? null,
    classes: [...tally.classes].map(([code, count]) => ({ code, count })),
  });
  return reportOf(context.ledger, id);
}

/** Counts what is compared against what there is to compare when it begins. Files of a source are counted as they come. */
function progressOf({ ledger }: ForwardContext, destination: Destination | null, { onProgress }: Watch): Run['compared'] {
  const [items, bytes] = ['items', 'bytes'].map((what) => totalOf(ledger.reader, 'ingest_totals', what)) as [number, number];
  const archived = destination ? totalsOf(ledger, destination.id) : { items: 0, bytes: 0 };
  let source = 0;
  const done = { items: 0, bytes: 0 };
  return (phase, sizeBytes) => {
    if (phase === 'source') {
      source += 1;
      onProgress({ phase, items: source, ofItems: null, bytes: 0, ofBytes: null });
      return;
    }
    done.items += 1;
    done.bytes += sizeBytes;
    // What is stored meanwhile is compared too.
    const ofItems = Math.max(done.items, items + archived.items);
    onProgress({ phase, ...done, ofItems, ofBytes: Math.max(done.bytes, bytes + archived.bytes) });
  };
}

function note({ tally, explained }: Run, kind: Kind, found: Found): void {
  const { failure, place, destinationId = null, unitId = null, itemId = null, expectedSha256 = null, foundSha256 = null } = found;
  const { code } = failure;
  const hasId = kind !== 'waiting' && found.explainable !== false;
  const id = hasId ? differenceId({ code, destinationId, place, expectedSha256, foundSha256 }) : null;
  const explanationId = (id !== null && explained.get(id)?.id) || null;
  tally[kind] += 1;
  tally.classes.set(code, (tally.classes.get(code) ?? 0) + 1);
  if (explanationId !== null) tally.explained += 1;
  list(tally.differences, { ...failure, id, destinationId, unitId, itemId, expectedSha256, foundSha256, explanationId });
}

async function compareSource(context: ForwardContext, source: AsyncIterable<SourceFile>, run: Run): Promise<void> {
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE sha256 = ? AND missing_bytes = 0 LIMIT 1');
  for await (const file of source) {
    run.signal.throwIfAborted();
    run.compared('source', 0);
    if ('reason' in file) note(run, 'missing', { failure: failed(file.reason, file.path).failure, place: file.path, explainable: false });
    else if (known.get(file.sha256)) run.tally.same += 1;
    else note(run, 'missing', { failure: failed('source.not-stored', file.path).failure, place: file.path, foundSha256: file.sha256 });
  }
}

/** The recording an original belongs to; none before its docking is grouped. */
function unitFinder(context: ForwardContext): (itemId: string) => string | null {
  const unit = sql<{ unit_id: string }>(context.ledger.reader, 'SELECT unit_id FROM unit_items WHERE item_id = ?');
  return (itemId) => unit.get(itemId)?.unit_id ?? null;
}

async function compareVault(context: ForwardContext, vault: Vault, run: Run): Promise<void> {
  const unitOf = unitFinder(context);
  const reader = folderReader('/', context.hashAtRest);
  for await (const { item_id: itemId, sha256: expectedSha256, size_bytes: sizeBytes, incomplete } of itemRows(context)) {
    // What was freed is looked for in the archives.
    if (isFreed(context.ledger.reader, itemId) && !vault.holdsOriginal(itemId)) continue;
    const file = vault.originalPath(itemId);
    const foundSha256 = file.ok ? ((await run.hashOf(reader, file.value))?.sha256 ?? null) : null;
    run.compared('vault', sizeBytes);
    if (foundSha256 === expectedSha256 && !incomplete) {
      run.tally.same += 1;
      continue;
    }
    const about = { place: itemId, itemId, unitId: unitOf(itemId), expectedSha256, foundSha256 };
    if (foundSha256 === expectedSha256) note(run, 'missing', { failure: failed('source.incomplete', itemId).failure, ...about });
    else if (foundSha256 === null) note(run, 'missing', { failure: failed('vault.item-missing', itemId).failure, ...about });
    else note(run, 'differs', { failure: failed('vault.item-differs', itemId).failure, ...about });
  }
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE item_id = ?');
  for (const { itemId, folder } of vault.listItems()) {
    if (!known.get(itemId))
      note(run, 'extra', { failure: failed('vault.unexpected', itemId).failure, place: itemId, ...(await identified(run, reader, folder)) });
  }
}

/** Hash of something the ledger does not know, a file or all that is in a folder, so that it is known again when it is met again. */
async function identified({ hashOf }: Run, reader: FileReader, at: string): Promise<Pick<Found, 'foundSha256' | 'explainable'>> {
  const files: string[] = [];
  for await (const file of reader.list(at)) files.push(file);
  if (files.length === 0) {
    const file = await hashOf(reader, at);
    return file ? { foundSha256: file.sha256 } : { explainable: false };
  }
  const hash = createHash('sha256');
  for (const name of files.map((file) => file.slice(at.length + 1)).sort()) {
    const file = await hashOf(reader, `${at}/${name}`);
    if (!file) return { explainable: false };
    hash.update(`${file.sha256}  ${name}\n`, 'utf8');
  }
  return { foundSha256: hash.digest('hex') };
}

/** Items in pages, so that a hundred thousand of them need no more memory than a few hundred; others have their turn in between. */
async function* itemRows(context: ForwardContext): AsyncGenerator<Row> {
  for (let last = ''; ; ) {
    const page = sql<Row>(
      context.ledger.reader,
      `SELECT item_id, sha256, size_bytes, missing_bytes > 0 AND replaced_by IS NULL AS incomplete FROM items
       WHERE item_id > ? ORDER BY item_id LIMIT 500`,
    ).all(last);
    yield* page;
    await setImmediate();
    const end = page.at(-1);
    if (!end) return;
    last = end.item_id;
  }
}

async function compareArchive(context: ForwardContext, { destination, reader: far }: Archive, run: Run): Promise<void> {
  const { reader } = context.ledger;
  const receipt = sql<{ unit_id: string; bag: string }>(
    reader,
    'SELECT i.unit_id, r.bag FROM receipt_items i JOIN receipts r USING (unit_id, destination_id) WHERE i.item_id = ? AND i.destination_id = ?',
  );
  const destinationId = destination.id;
  const unitOf = unitFinder(context);
  const fileOf = fileFinder(far);
  for await (const { item_id: itemId, sha256: expectedSha256, size_bytes: sizeBytes } of itemRows(context)) {
    run.signal.throwIfAborted();
    const held = receipt.get(itemId, destinationId);
    if (!held) {
      note(run, 'waiting', {
        failure: failed(WAITING, itemId, destination.name).failure,
        place: itemId,
        itemId,
        unitId: unitOf(itemId),
        destinationId,
      });
      continue;
    }
    const file = await fileOf(held.bag, itemId);
    const foundSha256 = file === null ? null : ((await run.hashOf(far, file))?.sha256 ?? null);
    run.compared('archive', sizeBytes);
    if (foundSha256 === expectedSha256) {
      run.tally.same += 1;
      continue;
    }
    const what = `${destination.name}: ${held.bag}: ${itemId}`;
    const about = { place: `${held.bag}: ${itemId}`, destinationId, itemId, unitId: held.unit_id, expectedSha256, foundSha256 };
    if (foundSha256 === null) note(run, 'missing', { failure: failed('archive.item-missing', what).failure, ...about });
    else note(run, 'differs', { failure: failed('archive.item-differs', what).failure, ...about });
  }
  const recorded = sql<{ tag_manifest_sha256: string }>(reader, 'SELECT tag_manifest_sha256 FROM receipts WHERE unit_id = ? AND destination_id = ?');
  for await (const { at, files } of listBags(far, context.stationId)) {
    const known = recorded.get(path.posix.basename(at), destinationId);
    if (known) await compareTags({ destination, reader: far }, { bag: at, files, recorded: known.tag_manifest_sha256 }, run);
    else await noteExtra({ destination, reader: far }, run, { at, place: at, unitId: null });
  }
}

async function noteExtra(
  { destination, reader }: Archive,
  run: Run,
  { at, place, unitId }: { at: string; place: string; unitId: string | null },
): Promise<void> {
  const what = `${destination.name}: ${place}`;
  const identity = await identified(run, reader, at);
  note(run, 'extra', { failure: failed('archive.unexpected', what).failure, place, destinationId: destination.id, unitId, ...identity });
}

type FoundBag = { bag: string; files: readonly string[]; recorded: string };

/** Manifests and custody are part of what was archived: they are compared as well, by the hash the receipt recorded. */
async function compareTags(archive: Archive, { bag, files, recorded }: FoundBag, run: Run): Promise<void> {
  const { destination, reader } = archive;
  const unitId = path.posix.basename(bag);
  /** Hash of a file of the bag; what is not as recorded is noted. */
  async function compared(name: string, expectedSha256: string): Promise<boolean> {
    const foundSha256 = (await run.hashOf(reader, `${bag}/${name}`))?.sha256 ?? null;
    if (foundSha256 === expectedSha256) return true;
    const place = `${unitId}/${name}`;
    const what = `${destination.name}: ${place}`;
    note(run, 'differs', {
      failure: failed('archive.bag-damaged', what).failure,
      place,
      destinationId: destination.id,
      unitId,
      expectedSha256,
      foundSha256,
    });
    return false;
  }
  if (!(await compared('tagmanifest-sha256.txt', recorded))) return;
  const tags = parseManifest((await reader.text(`${bag}/tagmanifest-sha256.txt`)) ?? '');
  let listIsSound = true;
  for (const [name, expected] of tags) {
    const isSound = await compared(name, expected);
    if (name === 'manifest-sha256.txt') listIsSound = isSound;
  }
  // Without its list of originals nothing can be called extra; that the list is not sound has been said above.
  if (!listIsSound) return;
  const payload = parseManifest((await reader.text(`${bag}/manifest-sha256.txt`)) ?? '');
  for (const file of files) {
    const name = file.slice(bag.length + 1);
    if (payload.has(name) || tags.has(name) || name === 'tagmanifest-sha256.txt') continue;
    await noteExtra(archive, run, { at: file, place: `${unitId}/${name}`, unitId });
  }
}

/** Finds the file of an original in its bag. Items of one bag come one after the other, so the last bag's list is kept. */
function fileFinder(reader: FileReader): (bag: string, itemId: string) => Promise<string | null> {
  let last: { bag: string; files: Map<string, string> } | null = null;
  return async (bag, itemId) => {
    if (last?.bag !== bag) {
      last = { bag, files: new Map() };
      for await (const file of reader.list(`${bag}/data`)) last.files.set(path.posix.basename(file).slice(5, 41), file);
    }
    return last.files.get(itemId) ?? null;
  };
}

/** Everything where a station's bags lie, bag or not, with its files: year, month, unit. What is no folder comes out where it is met. */
export async function* listBags(reader: FileReader, stationId: string): AsyncGenerator<{ at: string; files: string[] }> {
  let at = '';
  let files: string[] = [];
  for await (const file of reader.list(stationId)) {
    const parts = file.split('/');
    const first = parts[1] ?? '';
    if (epochOfFolder(first) !== null || (parts.length === 2 && isStationKey(first))) continue;
    const bag = parts.slice(0, 4).join('/');
    if (bag !== at && files.length > 0) {
      yield { at, files };
      files = [];
    }
    at = bag;
    files.push(file);
  }
  if (files.length > 0) yield { at, files };
}

async function record(context: ForwardContext, request: ReconcileRequest, content: KeptResult): Promise<void> {
  const { id, startedAt, same, missing, differs, extra, waiting, explained } = content;
  const { canonical, sha256 } = sealResult(content);
  await context.ledger.append(
    [
      {
        type: 'reconciliation.done',
        subject: { kind: 'station', id: context.stationId },
        actor: request.actor,
        at: content.endedAt,
        body: {
          destinationId: content.destination?.id ?? null,
          same,
          missing,
          differs,
          extra,
          waiting,
          result: { id, sha256, startedAt, explained },
        },
      },
    ],
    [{ kind: 'reconciliation', id, data: { canonical } }],
  );
}
