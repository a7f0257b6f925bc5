import fs from 'node:fs';
import path from 'node:path';
import { DestinationAdded } from '../../contract/entries/archive.ts';
import { failed, type Result } from '../../contract/errors.ts';
import { writeFileDurably } from '../../store/index.ts';
import { asking, type Destination } from '../backend.ts';
import { type Connections, openServer } from '../connections.ts';
import { addDestination, type DestinationsContext, findDestination } from '../destinations.ts';
import { readConnectionFile } from './connection-file.ts';

type ImportContext = DestinationsContext & { connections: Connections /** Where the station's keys lie, 0700. */; keys: string };

/**
 * Adds a content destination by its connection file, which is kept among the station's keys and nowhere else. One that is known
 * by this name is reached by the new file from here on, when it is still the same destination.
 */
export async function importConnection(context: ImportContext, name: string, text: string): Promise<Result<Destination>> {
  if (!DestinationAdded.shape.name.safeParse(name).success) return failed('usage.invalid', name, 'at most 32 lower-case letters, digits and hyphens');
  const read = readConnectionFile(text, name);
  if (!read.ok) return read;
  const known = findDestination(context.ledger, name);
  if (known.ok && known.value.settings !== null && known.value.settings.kind !== 'swift') return failed('destination.exists', name);
  const key = path.join(context.keys, `destination-${name}.json`);
  const arriving = `${key}.arriving`;
  writeFileDurably(arriving, text, 0o600);
  try {
    if (known.ok && known.value.settings !== null) return await renew(context, known.value, { key, arriving });
    fs.renameSync(arriving, key);
    const added = await addDestination(context, name, { kind: 'swift', key });
    if (!added.ok) fs.rmSync(key);
    return added;
  } finally {
    fs.rmSync(arriving, { force: true });
  }
}

async function renew(
  context: ImportContext,
  destination: Destination,
  { key, arriving }: { key: string; arriving: string },
): Promise<Result<Destination>> {
  const { id, name } = destination;
  const opened = await openServer({ work: context.work, nowMs: Date.now }, id, { kind: 'swift', key: arriving }, []);
  if (!opened.ok) return opened;
  const backend = opened.value;
  try {
    return await asking<Destination>(backend, name, async () => {
      const same = await backend.check(id);
      if (!same.ok) return same;
      const capabilities = await backend.capabilities();
      fs.renameSync(arriving, key);
      const settings = { kind: 'swift' as const, key };
      await context.ledger.append([], [{ kind: 'destination', id, data: { ...settings, capabilities } }]);
      await context.connections.drop(id);
      return { ok: true, value: { ...destination, settings, capabilities } };
    });
  } finally {
    await backend.close();
  }
}
