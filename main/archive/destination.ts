import { randomBytes, randomUUID, createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { systemCode } from '../../native/index.ts';
import { DestinationAdded } from '../contract/entries/archive.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { type Actor, Uuid } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { type DataPaths, type Db, sql, writeFileDurably } from '../store/index.ts';
import { ARCHIVE_ACTOR, type ArchiveContext } from './context.ts';
import { destinationFailure, flush, hashFile, systemWords, writeFlushed } from './disk.ts';

/** The far end says who it is; whatever is mounted in its place one day does not have this file, or another id in it. */
export const IDENTITY_FILE = '.evidock-destination.json';
const IdentityFile = z.strictObject({ format: z.literal(1), id: Uuid });

export type Destination = {
  id: string;
  name: string;
  sameDisk: boolean;
  addedSeq: number;
  /** Where it is mounted on this machine; null when this machine's configuration was lost. */
  folder: string | null;
};

type DestinationRow = { id: string; name: string; kind: string; same_disk: number; added_seq: number };

/** Every destination, in the order they were added. */
export function readDestinations(ledger: Ledger): Destination[] {
  return sql<DestinationRow>(ledger.reader, 'SELECT * FROM destinations ORDER BY added_seq')
    .all()
    .map((row) => ({
      id: row.id,
      name: row.name,
      sameDisk: row.same_disk === 1,
      addedSeq: row.added_seq,
      folder: folderOf(ledger, row.id),
    }));
}

/** The destination of this name, or `destination.unknown`. */
export function findDestination(ledger: Ledger, name: string): Result<Destination> {
  const found = readDestinations(ledger).find((one) => one.name === name);
  return found ? done(found) : failed('destination.unknown', name);
}

function folderOf(ledger: Ledger, id: string): string | null {
  const folder = ledger.records.get('destination', id)?.['folder'];
  return typeof folder === 'string' ? folder : null;
}

export type DestinationListing = { id: string; name: string; kind: string; sameDisk: boolean; receipts: number; waiting: number };

/** Every destination with the units it has given a receipt for and the closed units it has not. */
export function listDestinations(context: { ledger: Ledger }): DestinationListing[] {
  const { reader } = context.ledger;
  return sql<DestinationRow & { receipts: number; waiting: number }>(
    reader,
    `SELECT d.*, (SELECT count(*) FROM receipts r WHERE r.destination_id = d.id) AS receipts,
       (SELECT count(*) FROM archive_units u WHERE NOT EXISTS (
          SELECT 1 FROM receipts r WHERE r.unit_id = u.unit_id AND r.destination_id = d.id)) AS waiting
     FROM destinations d ORDER BY d.added_seq`,
  )
    .all()
    .map((row) => ({ id: row.id, name: row.name, kind: row.kind, sameDisk: row.same_disk === 1, receipts: row.receipts, waiting: row.waiting }));
}

export type AddContext = { ledger: Ledger; paths: DataPaths; work: Db; now(): string; actor: Actor };
export type Added = { id: string; name: string; sameDisk: boolean };

/**
 * Makes an existing folder a destination: gives it an identity if it has none and records it. The same name and
 * identity again only tells this machine where the folder is mounted now. Fails with `usage.invalid`,
 * `destination.unreachable`, `destination.exists`, `destination.identity-differs` or a write error's code.
 */
export async function addFolderDestination(context: AddContext, wish: { name: string; folder: string }): Promise<Result<Added>> {
  const name = DestinationAdded.shape.name.safeParse(wish.name);
  if (!name.success) return failed('usage.invalid', wish.name, name.error.issues.map((issue) => issue.message).join('; '));
  const folder = path.resolve(wish.folder);
  if (`${folder}${path.sep}`.startsWith(context.paths.vault + path.sep)) return failed('usage.invalid', folder, 'lies inside the vault');
  const prepared = prepareFolder(context, folder);
  if (!prepared.ok) return prepared;
  const { id, sameDisk } = prepared.value;
  const records = [{ kind: 'destination', id, data: { folder } }];
  const known = readDestinations(context.ledger).find((one) => one.name === wish.name || one.id === id);
  if (known) {
    if (known.name !== wish.name || known.id !== id || known.sameDisk !== sameDisk) return failed('destination.exists', known.name);
    if (known.folder !== folder) await context.ledger.append([], records);
    return done({ id, name: known.name, sameDisk });
  }
  await context.ledger.append(
    [
      {
        type: 'destination.added',
        subject: { kind: 'destination', id },
        actor: context.actor,
        at: context.now(),
        body: { name: wish.name, kind: 'folder', identity: id, sameDisk },
      },
    ],
    records,
  );
  return done({ id, name: wish.name, sameDisk });
}

/** Adds the embedded destination `local` at a station's first start; later starts find it there. */
export async function ensureLocalDestination(context: Omit<AddContext, 'actor'>): Promise<Result<Added>> {
  const { archive } = context.paths;
  const known = readDestinations(context.ledger).find((one) => one.name === 'local');
  // Once it is recorded, a missing folder is a finding and not something to make again in silence.
  if (known?.folder === archive) return done({ id: known.id, name: known.name, sameDisk: known.sameDisk });
  if (!known) fs.mkdirSync(archive, { recursive: true, mode: 0o700 });
  return addFolderDestination({ ...context, actor: ARCHIVE_ACTOR }, { name: 'local', folder: archive });
}

function prepareFolder(context: AddContext, folder: string): Result<{ id: string; sameDisk: boolean }> {
  let device: number;
  try {
    const stat = fs.statSync(folder);
    if (!stat.isDirectory()) return failed('destination.unreachable', folder, 'not a folder');
    device = stat.dev;
  } catch (error) {
    return failed('destination.unreachable', folder, systemWords(error));
  }
  const identity = readOrMakeIdentity(folder);
  if (!identity.ok) return identity;
  return done({ id: identity.value, sameDisk: fs.statSync(context.paths.originals).dev === device });
}

function readOrMakeIdentity(folder: string): Result<string> {
  const file = path.join(folder, IDENTITY_FILE);
  try {
    if (!fs.existsSync(file)) writeFileDurably(file, `${JSON.stringify({ format: 1, id: randomUUID() })}\n`, 0o644);
    // Read back, so that two stations that add the same new folder agree on whose file stayed.
    return parseIdentity(fs.readFileSync(file, 'utf8'), folder);
  } catch (error) {
    return destinationFailure(folder, error);
  }
}

function parseIdentity(text: string, what: string): Result<string> {
  try {
    return done(IdentityFile.parse(JSON.parse(text)).id);
  } catch {
    return failed('destination.identity-differs', what, `${IDENTITY_FILE} can not be understood`);
  }
}

/**
 * Asked before every batch: the folder to write to, once it is there and says that it is who it was.
 * `destination.unreachable` or `destination.identity-differs` otherwise.
 */
export async function checkIdentity(destination: Destination): Promise<Result<string>> {
  const { folder, name } = destination;
  if (folder === null) return failed('destination.unreachable', name, 'this machine does not know its folder; add it again');
  let text: string;
  try {
    text = await fs.promises.readFile(path.join(folder, IDENTITY_FILE), 'utf8');
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT' ? 'its folder or identity file is not there' : systemWords(error);
    return failed('destination.unreachable', name, missing);
  }
  const id = parseIdentity(text, name);
  if (!id.ok) return id;
  return id.value === destination.id ? done(folder) : failed('destination.identity-differs', name, `${destination.id} expected, ${id.value} found`);
}

const PROBE_BYTES = 1 << 20;

/** Writes a probe file to the destination, flushes it, reads it back, removes it, and says how long that took. */
export async function testDestination(context: { ledger: Ledger }, name: string): Promise<Result<{ name: string; elapsedMs: number }>> {
  const found = findDestination(context.ledger, name);
  if (!found.ok) return found;
  const folder = await checkIdentity(found.value);
  if (!folder.ok) return folder;
  const startedMs = performance.now();
  const probe = path.join(folder.value, `.evidock-probe-${randomUUID()}`);
  const failure = await tryProbe(folder.value, probe, name);
  return failure ? { ok: false, failure } : done({ name, elapsedMs: Math.round(performance.now() - startedMs) });
}

async function tryProbe(folder: string, probe: string, name: string): Promise<Failure | null> {
  const bytes = randomBytes(PROBE_BYTES);
  try {
    try {
      await writeFlushed(probe, bytes);
      await flush(folder);
      const { sha256 } = await hashFile(probe, { direct: true, signal: new AbortController().signal });
      const same = sha256 === createHash('sha256').update(bytes).digest('hex');
      return same ? null : failed('destination.read-back-differs', name, 'a probe file').failure;
    } finally {
      await fs.promises.rm(probe, { force: true });
      await flush(folder);
    }
  } catch (error) {
    return destinationFailure(name, error).failure;
  }
}
