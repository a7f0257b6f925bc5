import { importConnection } from '../archive/index.ts';
import type { Actor } from '../contract/values.ts';
import type { Station } from './open-station.ts';

/** Adds a content destination, or renews how it is reached, for somebody. */
export function importConnectionTo(station: Station, actor: Actor, { name, connection }: { name: string; connection: string }) {
  const { ledger, work, clock, vault, paths, stages } = station;
  const { connections } = stages.forward;
  return importConnection({ ledger, work, now: clock.now, actor, vaultRoot: vault.root, keys: paths.keys, connections }, name, connection);
}
