import { DestinationAdded } from '../contract/entries/archive.ts';
import { failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { type Destination, probe } from './backend.ts';
import type { HashAtRest } from './bag.ts';
import { openBackend } from './connections.ts';
import { hashFile } from './file-io.ts';
import { onSameDisk, openFolder } from './folder-backend.ts';

export type { Destination };
export type DestinationsContext = { ledger: Ledger; now(): string; actor: Actor /** A path on the vault's file system. */; vaultRoot: string };

/** Name of the archive every station has from the start, in its own data folder. */
export const LOCAL = 'local';

/** Every destination, oldest first. Where each lies is in its private record, not on the ledger. */
export function listDestinations(ledger: Ledger): Destination[] {
  return sql<{ id: string; name: string; kind: string; same_disk: number }>(
    ledger.reader,
    'SELECT id, name, kind, same_disk FROM destinations ORDER BY added_seq',
  )
    .all()
    .map((row) => ({
      id: row.id,
      name: row.name,
      kind: row.kind,
      sameDisk: row.same_disk === 1,
      folder: String(ledger.records.get('destination', row.id)?.['folder'] ?? ''),
    }));
}

export function findDestination(ledger: Ledger, name: string): Result<Destination> {
  const found = listDestinations(ledger).find((destination) => destination.name === name);
  return found ? { ok: true, value: found } : failed('destination.unknown', name);
}

/**
 * Adds a folder as a destination; a new folder gets an identity, one that has one keeps it. Adding one again whose place
 * is not known any more, as after a backup was put back without its keys, tells its place.
 */
export async function addFolderDestination(context: DestinationsContext, name: string, folder: string): Promise<Result<Destination>> {
  const { ledger } = context;
  if (!DestinationAdded.shape.name.safeParse(name).success) return failed('usage.invalid', name, 'at most 32 lower-case letters, digits and hyphens');
  const known = listDestinations(ledger);
  const namesake = known.find((one) => one.name === name);
  if (namesake && namesake.folder !== '') return failed('destination.exists', name);
  const claimed = await openFolder(folder, hashFile).claim();
  if (!claimed.ok) return claimed;
  const id = claimed.value;
  const record = { kind: 'destination', id, data: { folder } };
  if (namesake?.id === id) {
    await ledger.append([], [record]);
    return { ok: true, value: { ...namesake, folder } };
  }
  const clash = namesake ?? known.find((one) => one.id === id);
  if (clash) return failed('destination.exists', clash.name);
  const sameDisk = onSameDisk(folder, context.vaultRoot);
  await ledger.append(
    [
      {
        type: 'destination.added',
        subject: { kind: 'destination', id },
        actor: context.actor,
        at: context.now(),
        body: { name, kind: 'folder', identity: id, sameDisk },
      },
    ],
    [record],
  );
  return { ok: true, value: { id, name, kind: 'folder', sameDisk, folder } };
}

/** Makes sure that the embedded archive is there. */
export async function ensureLocal(context: DestinationsContext, folder: string): Promise<Result<Destination>> {
  const found = findDestination(context.ledger, LOCAL);
  return found.ok ? found : addFolderDestination(context, LOCAL, folder);
}

export async function testDestination(ledger: Ledger, name: string): Promise<Result<{ name: string; elapsedMs: number }>> {
  const found = findDestination(ledger, name);
  if (!found.ok) return found;
  const tested = await probeDestination(found.value, hashFile);
  return tested.ok ? { ok: true, value: { name, ...tested.value } } : tested;
}

export async function probeDestination(destination: Destination, hashAtRest: HashAtRest): Promise<Result<{ elapsedMs: number }>> {
  const opened = await openBackend(destination, hashAtRest);
  return opened.ok ? probe(opened.value, destination.name, destination.id) : opened;
}

/** Whether an archive has proven that it holds an item; one on the vault's own disk only counts when that is accepted. */
export function hasConfirmation(ledger: Ledger, itemId: string, acceptSameDisk: boolean): boolean {
  return (
    sql(
      ledger.reader,
      'SELECT 1 FROM receipt_items r JOIN destinations d ON d.id = r.destination_id WHERE r.item_id = ? AND (d.same_disk = 0 OR ?)',
    ).get(itemId, acceptSameDisk ? 1 : 0) !== undefined
  );
}
