import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';

/** What the media stages work with; everything outside the domain comes in here. */
export type MediaContext = {
  ledger: Ledger;
  vault: Vault;
  /** Folder of derivatives, one subfolder per unit. */
  derived: string;
  now(): string;
  partialCloseAfterHours(): number;
  /** Every id a camera has been registered under. */
  idsOfCamera(cameraId: string): string[];
  /**
   * From which moment of the camera's clock on a docking can still bring something that belongs to a recording, in ms as
   * if that clock showed UTC: infinite when nothing, null when it is not known.
   */
  comingFromMs(dockingId: string): number | null;
  /** Free space that derivatives leave for evidence and ledger; when not given, 2 GB or 2 %, whichever is more. */
  vaultReserveBytes?(): number | null;
};

export function actor(id: 'probe' | 'group' | 'derivatives'): Actor {
  return { kind: 'system', id };
}
