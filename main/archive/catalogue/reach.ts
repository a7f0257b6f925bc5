import fs from 'node:fs';
import path from 'node:path';
import { done, failed, type Result } from '../../contract/errors.ts';
import { asking, type Backend, type Tables } from '../backend.ts';
import type { Destination } from '../destinations.ts';
import { hashFile } from '../file-io.ts';
import type { ForwardContext } from '../forward.ts';
import { CATALOGUE } from './tables.ts';

/** A destination that keeps a catalogue. */
export type Reached = { backend: Backend; tables: Tables };
type Reaching = Pick<ForwardContext, 'connections' | 'hashAtRest'>;

/**
 * Reaches a destination for its catalogue, the one it has always been. Fails with `destination.no-catalogue` where nothing but
 * bags can be kept, else with a `destination.*` code.
 */
export async function reach({ connections, hashAtRest }: Reaching, destination: Destination): Promise<Result<Reached>> {
  const { id, name, kind } = destination;
  const opened = await connections.open(destination, hashAtRest);
  if (!opened.ok) return opened;
  const backend = opened.value;
  const { tables } = backend;
  if (!tables) return failed('destination.no-catalogue', name, kind);
  return asking<Reached>(backend, name, async () => {
    const checked = await backend.check(id);
    return checked.ok ? done({ backend, tables }) : checked;
  });
}

/** Whether a destination keeps a catalogue; one that cannot be opened now is taken to, so that it is told why. */
export async function keepsCatalogue({ connections, hashAtRest }: Reaching, destination: Destination): Promise<boolean> {
  const opened = await connections.open(destination, hashAtRest);
  return !opened.ok || opened.value.tables !== undefined;
}

/** Puts a file of this machine where the catalogue has it, and reads it back from there. */
export async function replaceTable({ backend, tables }: Reached, name: string, key: string, file: string): Promise<Result<null>> {
  await tables.replace(key, file);
  const [sent, held] = [await hashFile(file), await backend.hash(key)];
  return sent.sha256 === held?.sha256 ? done(null) : failed('destination.read-back-differs', `${name}: ${key}`);
}

/** A folder of this machine in which the catalogue can be read, or of it the tables that are wanted (null: all). */
export function readableCatalogue({ tables }: Reached, scratch: string, wanted: readonly string[] | null): Promise<string> {
  const into = path.join(scratch, 'catalogue');
  fs.mkdirSync(into, { recursive: true, mode: 0o700 });
  const folder = CATALOGUE.slice(0, -1);
  return tables.readable(folder, into, (file) => wanted === null || wanted.some((table) => file.startsWith(`${CATALOGUE}${table}/`)));
}
