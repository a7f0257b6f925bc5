import fs from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CopyEngine } from '../../native/index.ts';
import { isFreed, type Watch } from '../archive/index.ts';
import type { VerifyReport } from '../contract/api/station.ts';
import { type Failure, failed } from '../contract/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import { type DataPaths, sql } from '../store/index.ts';
import { sidecarDigest, type Vault } from '../vault/index.ts';
import type { RecordsCheck, RecordsEvent, RecordsJob } from './verify.worker.ts';

export type VerifyContext = {
  ledger: Ledger;
  vault: Vault;
  paths: DataPaths;
  engine: CopyEngine;
};

/**
 * Checks chain, segments, projections and vault against one another. `full` reads every byte of every original;
 * without it an original is checked by presence, size and sidecar. Changes nothing. A damaged database is told alone, with
 * nothing counted: what stands in it proves nothing until it has been made again. Throws the reason of `watch.signal` when that aborts.
 */
export async function verifyStation(context: VerifyContext, full: boolean, watch: Watch): Promise<VerifyReport> {
  watch.onProgress({ phase: 'ledger', items: 0, ofItems: null, bytes: 0, ofBytes: null });
  const { damaged, entries, segments, violations } = await verifyRecords(context.paths, full, watch);
  if (damaged) return { full, entries, segments, items: 0, bytesRead: 0, violations, warnings: [] };
  const warnings: Failure[] = [];
  const items = await verifyItems(context, full, watch, { violations, warnings });
  return { full, entries, segments, ...items, violations, warnings };
}

/**
 * Database, chain, segments and tables, on a thread of its own: SQLite's own check can neither be cut into slices nor told to
 * stop, and would hold everything else for as long.
 */
async function verifyRecords({ database, ledger }: DataPaths, full: boolean, { signal, onProgress }: Watch): Promise<RecordsCheck> {
  signal.throwIfAborted();
  const workerData: RecordsJob = { database, ledger, full };
  const worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { workerData });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<RecordsCheck>((resolve, reject) => {
      worker.on('message', (event: RecordsEvent) => {
        if ('failure' in event) resolve({ damaged: true, entries: 0, segments: 0, violations: [event.failure] });
        else if ('violations' in event) resolve(event);
        else if (!signal.aborted) onProgress({ phase: 'ledger', items: event.entries, ofItems: event.ofEntries, bytes: 0, ofBytes: null });
      });
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(signal.aborted ? signal.reason : new Error(`the check's thread ended with code ${code} before it was done`)),
      );
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

type ItemRow = { item_id: string; sha256: string; size_bytes: number; sidecar_sha256: string; missing_bytes: number; replaced_by: string | null };

/** Items looked at in one go when only their sizes are; others have their turn in between. */
const AT_ONCE = 100;

type Said = { violations: Failure[]; warnings: Failure[] };

async function verifyItems(context: VerifyContext, full: boolean, { signal, onProgress }: Watch, { violations, warnings }: Said) {
  let items = 0;
  let bytes = 0;
  let bytesRead = 0;
  const rows = context.ledger.reader
    .prepare('SELECT item_id, sha256, size_bytes, sidecar_sha256, missing_bytes, replaced_by FROM items ORDER BY item_id')
    .all() as ItemRow[];
  const ofBytes = full ? rows.reduce((sum, row) => sum + row.size_bytes, 0) : null;
  for (const row of rows) {
    if (items % AT_ONCE === 0) await setImmediate();
    signal.throwIfAborted();
    const found = await verifyItem(context, row, full, signal);
    items += 1;
    bytes += full ? row.size_bytes : 0;
    onProgress({ phase: 'vault', items, ofItems: rows.length, bytes, ofBytes });
    bytesRead += found.bytesRead;
    violations.push(...found.violations);
    warnings.push(...found.warnings);
  }
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE item_id = ?');
  for (const { itemId } of context.vault.listItems()) {
    if (!known.get(itemId)) warnings.push(failed('vault.unexpected', itemId, 'no entry').failure);
  }
  return { items, bytesRead };
}

/** Some of the camera's file is missing, and no later item has all of it. */
function isIncomplete(row: ItemRow): boolean {
  return row.missing_bytes > 0 && row.replaced_by === null;
}

async function verifyItem(context: VerifyContext, row: ItemRow, full: boolean, signal: AbortSignal) {
  const violations: Failure[] = [];
  const warnings = isIncomplete(row) ? [failed('source.incomplete', row.item_id, `${row.missing_bytes} bytes`).failure] : [];
  const folder = context.vault.itemFolder(row.item_id);
  const file = context.vault.originalPath(row.item_id);
  if (!file.ok) {
    const lone = file.failure.code === 'vault.sidecar-damaged' ? loneFile(folder) : null;
    violations.push(file.failure);
    if (!lone) return { violations, warnings, bytesRead: 0 };
    return { ...(await verifyBytes(context, row, lone, full ? signal : null, violations)), warnings };
  }
  if (sidecarDigest(folder) !== row.sidecar_sha256) {
    violations.push(failed('vault.sidecar-damaged', row.item_id, 'differs from what was recorded').failure);
  }
  // Its bytes are in the archives; what stays here is the sidecar.
  if (isFreed(context.ledger.reader, row.item_id) && !context.vault.holdsOriginal(row.item_id)) return { violations, warnings, bytesRead: 0 };
  return { ...(await verifyBytes(context, row, file.value, full ? signal : null, violations)), warnings };
}

/** Without a signal only the size is looked at. */
async function verifyBytes(context: VerifyContext, row: ItemRow, file: string, signal: AbortSignal | null, violations: Failure[]) {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    violations.push(failed('vault.item-missing', row.item_id, file).failure);
    return { violations, bytesRead: 0 };
  }
  if (stat.size !== row.size_bytes) {
    violations.push(failed('vault.item-differs', row.item_id, `${row.size_bytes} bytes recorded, ${stat.size} found`).failure);
    return { violations, bytesRead: 0 };
  }
  if (signal === null) return { violations, bytesRead: 0 };
  const hashed = await context.engine.hashAtRest(file, { signal });
  // What was not read to its end is no violation.
  signal.throwIfAborted();
  if (!hashed.ok) violations.push(failed('vault.item-missing', row.item_id, hashed.failure.detail).failure);
  else if (hashed.value.sha256 !== row.sha256) violations.push(failed('vault.item-differs', row.item_id, file).failure);
  return { violations, bytesRead: stat.size };
}

/** The one file beside a damaged sidecar, whose name can no longer be read from it. */
function loneFile(folder: string): string | null {
  if (!fs.existsSync(folder)) return null;
  const names = fs.readdirSync(folder).filter((name) => name !== 'item.json');
  return names.length === 1 ? path.join(folder, names[0] as string) : null;
}
