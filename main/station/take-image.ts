import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { newDockingId } from '../ingest/index.ts';
import type { Station } from './open-station.ts';

/**
 * Has images made of the cards on a port whose file systems could not be mounted. Whose order it was is on the ledger before
 * the first byte is read; the port's card shows how far it is. Fails with `docking.no-image`.
 */
export async function takeImage(station: Station, port: number, by: Actor): Promise<Result<void>> {
  const slot = station.ports.list().find((one) => one.port === port)?.slot;
  const volume = slot === undefined || station.usb === null ? null : await station.usb.attachImage(slot);
  if (!volume) return failed('docking.no-image', String(port));
  const dockingId = newDockingId();
  await station.ledger.append([
    {
      type: 'docking.image-ordered',
      subject: { kind: 'docking', id: dockingId },
      refs: [{ kind: 'port', id: String(port), role: 'port' }],
      actor: by,
      at: station.clock.now(),
      body: { port },
    },
  ]);
  station.dockings.attach(volume, undefined, dockingId);
  return done(undefined);
}
