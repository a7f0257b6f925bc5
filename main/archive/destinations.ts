import { z } from 'zod';
import { DestinationSettings, type SshServer } from '../contract/api/archive.ts';
import { Capability, DestinationAdded, type DestinationKind, DestinationScheduled, UNSCHEDULED } from '../contract/entries/archive.ts';
import { failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';
import { asking, type Destination, probe } from './backend.ts';
import { type Connections, openServer, type ServerSettings } from './connections.ts';
import { hashFile } from './file-io.ts';
import { onSameDisk, openFolder } from './folder-backend.ts';

export type { Destination };
export type DestinationsContext = {
  ledger: Ledger;
  work: Db;
  now(): string;
  actor: Actor;
  /** A path on the vault's file system. */
  vaultRoot: string;
};

/** A server that shows no host key for so long is not there. */
const HOST_KEY_MS = 20_000;

/** Name of the archive every station has from the start, in its own data folder. */
export const LOCAL = 'local';

/** Every destination, oldest first. Where each lies is in its private record, not on the ledger. */
export function listDestinations(ledger: Ledger): Destination[] {
  return sql<{ id: string; name: string; kind: DestinationKind; same_disk: number; schedule: string | null }>(
    ledger.reader,
    'SELECT id, name, kind, same_disk, schedule FROM destinations ORDER BY added_seq',
  )
    .all()
    .map((row) => {
      const { capabilities, ...settings } = ledger.records.get('destination', row.id) ?? {};
      return {
        id: row.id,
        name: row.name,
        kind: row.kind,
        sameDisk: row.same_disk === 1,
        settings: DestinationSettings.safeParse({ kind: row.kind, ...settings }).data ?? null,
        capabilities: z.array(Capability).safeParse(capabilities).data ?? [],
        schedule: scheduleIn(row.schedule),
      };
    });
}

/** Whether what lies there can be read by this station; one that only acknowledges proves nothing. */
export function readsBack({ kind, capabilities }: Pick<Destination, 'kind' | 'capabilities'>): boolean {
  return kind !== 'swift' || capabilities.includes('read-back');
}

const scheduleIn = (text: string | null) => (text === null ? UNSCHEDULED : DestinationScheduled.parse(JSON.parse(text)));

/** How the outbox treats a destination now. */
export function scheduleOf(ledger: Ledger, id: string): DestinationScheduled {
  return scheduleIn(sql<{ schedule: string | null }>(ledger.reader, 'SELECT schedule FROM destinations WHERE id = ?').get(id)?.schedule ?? null);
}

export function findDestination(ledger: Ledger, name: string): Result<Destination> {
  const found = listDestinations(ledger).find((destination) => destination.name === name);
  return found ? { ok: true, value: found } : failed('destination.unknown', name);
}

/**
 * Adds a destination; a new far end gets an identity, one that has one keeps it. Adding one again whose place is not known any
 * more, as after a backup was put back without its keys, tells its place. A lock is only asked of a store that has them.
 */
export async function addDestination(context: DestinationsContext, name: string, settings: DestinationSettings): Promise<Result<Destination>> {
  const { ledger } = context;
  if (!DestinationAdded.shape.name.safeParse(name).success) return failed('usage.invalid', name, 'at most 32 lower-case letters, digits and hyphens');
  const known = listDestinations(ledger);
  const namesake = known.find((one) => one.name === name);
  if (namesake?.settings) return failed('destination.exists', name);
  const claimed = settings.kind === 'folder' ? await claimFolder(context, settings.folder) : await claimServer(context, name, settings);
  if (!claimed.ok) return claimed;
  const { id, sameDisk, capabilities } = claimed.value;
  const record = { kind: 'destination', id, data: { ...settings, capabilities } };
  const destination = { id, name, kind: settings.kind, sameDisk, settings, capabilities, schedule: namesake?.schedule ?? UNSCHEDULED };
  if (namesake?.id === id) {
    await ledger.append([], [record]);
    return { ok: true, value: destination };
  }
  const clash = namesake ?? known.find((one) => one.id === id);
  if (clash) return failed('destination.exists', clash.name);
  const about = { subject: { kind: 'destination' as const, id }, actor: context.actor, at: context.now() };
  const found = settings.kind === 'folder' ? {} : { capabilities };
  await ledger.append([{ type: 'destination.added', ...about, body: { name, kind: settings.kind, identity: id, sameDisk, ...found } }], [record]);
  return { ok: true, value: destination };
}

type Claimed = { id: string; sameDisk: boolean; capabilities: Capability[] };

async function claimFolder({ vaultRoot }: DestinationsContext, folder: string): Promise<Result<Claimed>> {
  const id = await openFolder(folder, hashFile).claim();
  return id.ok ? { ok: true, value: { id: id.value, sameDisk: onSameDisk(folder, vaultRoot), capabilities: [] } } : id;
}

async function claimServer({ work }: DestinationsContext, name: string, settings: ServerSettings): Promise<Result<Claimed>> {
  const opened = await openServer({ work, nowMs: Date.now }, name, settings, []);
  if (!opened.ok) return opened;
  const backend = opened.value;
  try {
    return await asking<Claimed>(backend, name, async () => {
      const id = await backend.claim();
      if (!id.ok) return id;
      const capabilities = await backend.capabilities();
      const isLocked = settings.kind === 's3' && settings.lock !== null;
      if (isLocked && !capabilities.includes('object-lock')) return failed('destination.lacking', name, 'no Object Lock');
      return { ok: true, value: { id: id.value, sameDisk: false, capabilities } };
    });
  } finally {
    await backend.close();
  }
}

/** The host key a server shows now, for somebody to compare; nothing is signed in to. */
export async function hostKeyOf(server: SshServer): Promise<Result<{ algorithm: string; hostKey: string }>> {
  const { shownBy } = await import('./sftp/session.ts');
  return shownBy(server, HOST_KEY_MS);
}

/** Makes sure that the embedded archive is there. */
export async function ensureLocal(context: DestinationsContext, folder: string): Promise<Result<Destination>> {
  const found = findDestination(context.ledger, LOCAL);
  return found.ok ? found : addDestination(context, LOCAL, { kind: 'folder', folder });
}

export async function testDestination({ ledger, connections }: Reaching, name: string): Promise<Result<{ name: string; elapsedMs: number }>> {
  const found = findDestination(ledger, name);
  if (!found.ok) return found;
  const tested = await probeDestination(connections, found.value);
  return tested.ok ? { ok: true, value: { name, ...tested.value } } : tested;
}
type Reaching = { ledger: Ledger; connections: Connections };

export async function probeDestination(connections: Connections, destination: Destination): Promise<Result<{ elapsedMs: number }>> {
  const opened = await connections.open(destination, hashFile);
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
