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
    keys: path.join(root, 'keys'),
    stationKey: path.join(root, 'keys', 'station-ed25519.pem'),
    recordKeys: path.join(root, 'keys', 'record-keys.db'),
    logs: path.join(root, 'logs'),
    lock: path.join(root, 'station.lock'),
    owner: path.join(root, 'station.owner.json'),
  };
}
export type DataPaths = ReturnType<typeof dataPaths>;

/**
 * Opens a data folder. With `create`, makes a missing or empty one: folders 0700, a new station identity. Without it a
 * folder that holds no station fails with `data-folder.missing`; a folder with foreign content is never taken over.
 */
export function openDataFolder(
  folder: string,
  options: { create: boolean; stationCode?: string; agencyId?: string },
): Result<{ identity: StationIdentity; paths: DataPaths }> {
  const stationFile = path.join(path.resolve(folder), 'station.json');
  if (!fs.existsSync(stationFile)) {
    if (!options.create) return failed('data-folder.missing', path.resolve(folder));
    const refused = createDataFolder(folder, options);
    if (refused) return refused;
  }
  const parsed = StationIdentity.safeParse(JSON.parse(fs.readFileSync(stationFile, 'utf8')));
  if (!parsed.success) return failed('data-folder.newer', stationFile, parsed.error.message);
  const paths = dataPaths(folder, parsed.data.stationId);
  for (const sub of [paths.originals, paths.incoming, paths.ledger, paths.derived, paths.quarantine, paths.keys, paths.logs]) {
    fs.mkdirSync(sub, { recursive: true, mode: 0o700 });
  }
  return done({ identity: parsed.data, paths });
}

function createDataFolder(folder: string, options: { stationCode?: string; agencyId?: string }) {
  const root = path.resolve(folder);
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  const foreign = fs.readdirSync(root).filter((name) => !name.startsWith('station.'));
  if (foreign.length > 0) {
    return failed('data-folder.missing', root, `the folder is not empty and holds no station: ${foreign.slice(0, 3).join(', ')}`);
  }
  const stationId = randomUUID();
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
