import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { done, failed, type Result } from '../contract/errors.ts';
import { Uuid } from '../contract/values.ts';
import { fsyncFolder, writeFileDurably } from './durable.ts';

/** `station.json`: who this station is. Written once, never changed by the program. */
export const StationIdentity = z.strictObject({
  format: z.literal(1),
  stationId: Uuid,
  /** Short code that people read on screens and reports. */
  stationCode: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/),
  agencyId: Uuid,
});
export type StationIdentity = z.infer<typeof StationIdentity>;

/** Where everything lies in a data folder; the one place that knows the names. */
export function dataPaths(folder: string, stationId: string) {
  const root = path.resolve(folder);
  return {
    root,
    stationFile: path.join(root, 'station.json'),
    database: path.join(root, 'evidock.db'),
    privateRecords: path.join(root, 'private.db'),
    workingState: path.join(root, 'work.db'),
    vault: path.join(root, 'vault'),
    originals: path.join(root, 'vault', 'originals'),
    incoming: path.join(root, 'vault', 'incoming'),
    ledger: path.join(root, 'vault', 'ledger', stationId),
    derived: path.join(root, 'derived'),
    archive: path.join(root, 'archive'),
    quarantine: path.join(root, 'quarantine'),
    scratch: path.join(root, 'scratch'),
    keys: path.join(root, 'keys'),
    stationKey: path.join(root, 'keys', 'station-ed25519.pem'),
    recordKeys: path.join(root, 'keys', 'record-keys.db'),
    logs: path.join(root, 'logs'),
    lock: path.join(root, 'station.lock'),
    owner: path.join(root, 'station.owner.json'),
  };
}
export type DataPaths = ReturnType<typeof dataPaths>;

/** Who a station is that is made: made up where nothing is given. */
type NewStation = { stationId?: string; stationCode?: string; agencyId?: string };

/**
 * Opens a data folder. With `create`, makes a missing or empty one: folders 0700, a new station identity. Without it a
 * folder that holds no station fails with `data-folder.missing`; a folder with foreign content is never taken over, and
 * a `station.json` that cannot be read (`data-folder.damaged`, `data-folder.newer`) is never replaced.
 */
export function openDataFolder(folder: string, options: { create: boolean } & NewStation): Result<{ identity: StationIdentity; paths: DataPaths }> {
  const stationFile = path.join(path.resolve(folder), 'station.json');
  if (!fs.existsSync(stationFile)) {
    if (!options.create) return failed('data-folder.missing', path.resolve(folder));
    const refused = createDataFolder(folder, options);
    if (refused) return refused;
  }
  const identity = readIdentity(stationFile);
  if (!identity.ok) return identity;
  const paths = dataPaths(folder, identity.value.stationId);
  for (const sub of [paths.originals, paths.incoming, paths.ledger, paths.derived, paths.quarantine, paths.keys, paths.logs]) {
    fs.mkdirSync(sub, { recursive: true, mode: 0o700 });
  }
  // Whatever is flushed below a folder is lost with the folder's own name. Each start flushes these: the one that made
  // them may have been killed before it did.
  for (const folder of [path.dirname(paths.ledger), paths.vault, paths.root]) fsyncFolder(folder);
  return done({ identity: identity.value, paths });
}

function readIdentity(stationFile: string): Result<StationIdentity> {
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(stationFile, 'utf8'));
  } catch (error) {
    return failed('data-folder.damaged', stationFile, String(error));
  }
  const newer = z.object({ format: z.int().min(2) }).safeParse(content);
  if (newer.success) return failed('data-folder.newer', stationFile, `format ${newer.data.format}, this program knows 1`);
  const parsed = StationIdentity.safeParse(content);
  return parsed.success ? done(parsed.data) : failed('data-folder.damaged', stationFile, parsed.error.message);
}

function createDataFolder(folder: string, options: NewStation) {
  const root = path.resolve(folder);
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  const foreign = fs.readdirSync(root).filter((name) => !name.startsWith('station.'));
  if (foreign.length > 0) {
    return failed('data-folder.missing', root, `the folder is not empty and holds no station: ${foreign.slice(0, 3).join(', ')}`);
  }
  const stationId = options.stationId ?? randomUUID();
  const identity: StationIdentity = {
    format: 1,
    stationId,
    stationCode: options.stationCode ?? `S-${stationId.slice(0, 4).toUpperCase()}`,
    agencyId: options.agencyId ?? randomUUID(),
  };
  writeFileDurably(path.join(root, 'station.json'), `${JSON.stringify(identity, null, 2)}\n`, 0o600);
  fsyncFolder(path.dirname(root));
  return null;
}
