import fs from 'node:fs';
import path from 'node:path';
import type { ReconcileReport } from '../contract/api/archive.ts';
import { type ErrorCode, type Failure, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { sql } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { listFiles, parseManifest } from './bag.ts';
import type { Destination } from './destinations.ts';
import { checkFolder } from './folder-destination.ts';
import { type ForwardContext, isStationKey } from './forward.ts';
import { epochOfFolder } from './ledger-elsewhere.ts';

/** One file of a source as it was found: its bytes' hash, or why it was not read. */
export type SourceFile = { path: string } & ({ sha256: string } | { reason: ErrorCode });

export type ReconcileRequest = {
  /** Every file of the camera or folder, already read in full; null when only vault and archive are compared. */
  source: AsyncIterable<SourceFile> | null;
  sourceName: string | null;
  destination: Destination | null;
  actor: Actor;
};

/** Differences listed in the answer; all are counted. */
const MAX_LISTED = 1000;

type Row = { item_id: string; sha256: string; size_bytes: number };
type Tally = Omit<ReconcileReport, 'open'>;

/**
 * Compares source, vault and archive item by item, reading every byte of each. A file that is gone from the source is
 * no difference: cameras are cleared. An item that no archive holds yet is `waiting`. Appends what was found.
 */
export async function reconcile(context: ForwardContext, request: ReconcileRequest): Promise<Result<ReconcileReport>> {
  const { destination } = request;
  if (destination) {
    const checked = checkFolder(destination.folder, destination.id);
    if (!checked.ok) return checked;
  }
  const tally: Tally = {
    destination: destination?.name ?? null,
    source: request.sourceName,
    same: 0,
    missing: 0,
    differs: 0,
    extra: 0,
    waiting: 0,
    hashMismatch: false,
    differences: [],
  };
  if (request.source) await compareSource(context, request.source, tally);
  await compareVault(context, context.vault, tally);
  if (destination) await compareArchive(context, destination, tally);
  const report: ReconcileReport = { ...tally, open: tally.missing + tally.differs + tally.extra };
  await append(context, request, report);
  return { ok: true, value: report };
}

function note(tally: Tally, kind: 'missing' | 'differs' | 'extra' | 'waiting', failure: Failure): void {
  tally[kind] += 1;
  if (kind === 'differs') tally.hashMismatch = true;
  if (tally.differences.length < MAX_LISTED) tally.differences.push(failure);
  // What only waits makes room: a real difference is never left off the list for it.
  else if (kind !== 'waiting') {
    const waiting = tally.differences.findLastIndex((one) => one.code === 'clear.no-receipt');
    if (waiting >= 0) tally.differences.splice(waiting, 1, failure);
  }
}

async function compareSource(context: ForwardContext, source: AsyncIterable<SourceFile>, tally: Tally): Promise<void> {
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE sha256 = ? LIMIT 1');
  for await (const file of source) {
    if ('reason' in file) note(tally, 'missing', failed(file.reason, file.path).failure);
    else if (known.get(file.sha256)) tally.same += 1;
    else note(tally, 'missing', failed('source.not-stored', file.path).failure);
  }
}

async function compareVault(context: ForwardContext, vault: Vault, tally: Tally): Promise<void> {
  for (const row of itemRows(context)) {
    const file = vault.originalPath(row.item_id);
    const found = file.ok ? await context.hashAtRest(file.value) : null;
    if (!found) note(tally, 'missing', failed('vault.item-missing', row.item_id).failure);
    else if (found.sha256 !== row.sha256) note(tally, 'differs', failed('vault.item-differs', row.item_id).failure);
    else tally.same += 1;
  }
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE item_id = ?');
  for (const { itemId } of vault.listItems()) {
    if (!known.get(itemId)) note(tally, 'extra', failed('vault.unexpected', itemId).failure);
  }
}

/** Items in pages, so that a hundred thousand of them need no more memory than a few hundred. */
function* itemRows(context: ForwardContext): Generator<Row> {
  for (let last = ''; ; ) {
    const page = sql<Row>(context.ledger.reader, 'SELECT item_id, sha256, size_bytes FROM items WHERE item_id > ? ORDER BY item_id LIMIT 500').all(
      last,
    );
    yield* page;
    const end = page.at(-1);
    if (!end) return;
    last = end.item_id;
  }
}

async function compareArchive(context: ForwardContext, destination: Destination, tally: Tally): Promise<void> {
  const receipt = sql<{ unit_id: string; bag: string }>(
    context.ledger.reader,
    'SELECT i.unit_id, r.bag FROM receipt_items i JOIN receipts r USING (unit_id, destination_id) WHERE i.item_id = ? AND i.destination_id = ?',
  );
  for (const row of itemRows(context)) {
    const held = receipt.get(row.item_id, destination.id);
    if (!held) {
      note(tally, 'waiting', failed('clear.no-receipt', row.item_id, destination.name).failure);
      continue;
    }
    const file = findInBag(path.join(destination.folder, held.bag), row.item_id);
    const found = file ? await context.hashAtRest(file) : null;
    if (!found) note(tally, 'missing', failed('archive.item-missing', `${destination.name}: ${held.bag}: ${row.item_id}`).failure);
    else if (found.sha256 !== row.sha256) {
      note(tally, 'differs', failed('archive.item-differs', `${destination.name}: ${held.bag}: ${row.item_id}`).failure);
    } else tally.same += 1;
  }
  for (const bag of listBags(path.join(destination.folder, context.stationId))) {
    const unitId = path.basename(bag);
    const known = sql<{ tag_manifest_sha256: string }>(
      context.ledger.reader,
      'SELECT tag_manifest_sha256 FROM receipts WHERE unit_id = ? AND destination_id = ?',
    ).get(unitId, destination.id);
    if (!known) note(tally, 'extra', failed('archive.unexpected', `${destination.name}: ${path.relative(destination.folder, bag)}`).failure);
    else await compareTags(context, destination, bag, known.tag_manifest_sha256, tally);
  }
}

/** Manifests and custody are part of what was archived: they are compared as well, by the hash the receipt recorded. */
async function compareTags(context: ForwardContext, destination: Destination, bag: string, recorded: string, tally: Tally): Promise<void> {
  const differs = (what: string) =>
    note(tally, 'differs', failed('archive.bag-damaged', `${destination.name}: ${path.basename(bag)}/${what}`).failure);
  const file = path.join(bag, 'tagmanifest-sha256.txt');
  const manifest = await context.hashAtRest(file);
  if (manifest?.sha256 !== recorded) return differs('tagmanifest-sha256.txt');
  const tags = parseManifest(await fs.promises.readFile(file, 'utf8'));
  for (const [name, expected] of tags) {
    if ((await context.hashAtRest(path.join(bag, name)))?.sha256 !== expected) differs(name);
  }
  const payload = parseManifest(await fs.promises.readFile(path.join(bag, 'manifest-sha256.txt'), 'utf8').catch(() => ''));
  // Without its list of originals nothing can be called extra; that the list is gone has been said above.
  if (payload.size === 0) return;
  for (const name of await listFiles(bag)) {
    if (payload.has(name) || tags.has(name) || name === 'tagmanifest-sha256.txt') continue;
    note(tally, 'extra', failed('archive.unexpected', `${destination.name}: ${path.basename(bag)}/${name}`).failure);
  }
}

function findInBag(bag: string, itemId: string): string | null {
  const data = path.join(bag, 'data');
  if (!fs.existsSync(data)) return null;
  const name = fs.readdirSync(data).find((one) => one.slice(5, 41) === itemId);
  return name ? path.join(data, name) : null;
}

/** Everything where a station's bags lie, bag or not: year, month, unit. What is no folder comes out where it is met. */
function* listBags(station: string, depth = 0): Generator<string> {
  if (!fs.existsSync(station)) return;
  for (const entry of fs.readdirSync(station, { withFileTypes: true })) {
    if (depth === 0 && (epochOfFolder(entry.name) !== null || isStationKey(entry.name))) continue;
    const at = path.join(station, entry.name);
    if (depth < 2 && entry.isDirectory()) yield* listBags(at, depth + 1);
    else yield at;
  }
}

async function append(context: ForwardContext, request: ReconcileRequest, report: ReconcileReport): Promise<void> {
  const { same, missing, differs, extra, waiting } = report;
  await context.ledger.append([
    {
      type: 'reconciliation.done',
      subject: { kind: 'station', id: context.stationId },
      actor: request.actor,
      at: context.now(),
      body: { destinationId: request.destination?.id ?? null, same, missing, differs, extra, waiting },
    },
  ]);
}
