import { z } from 'zod';
import { ItemStored } from '../contract/entries/ingest.ts';
import { Base64Url, SizeBytes, Uuid } from '../contract/values.ts';

/**
 * `item.json`: everything known about an original that must not be in the ledger, and everything needed to adopt the
 * folder if the station stopped between renaming it and recording it. `stored` is null in a partial.
 */
export const Sidecar = z.strictObject({
  format: z.literal(1),
  itemId: Uuid,
  stationId: Uuid,
  camera: z.strictObject({ id: Uuid, serial: z.string() }),
  mediumId: z.string(),
  dockingId: Uuid,
  officer: z.strictObject({ personId: Uuid, number: z.string(), source: z.enum(['profile', 'file-name', 'operator']) }).nullable(),
  source: z.strictObject({
    /** Path below the camera's root, exactly the bytes the file system gave. */
    pathRaw: Base64Url,
    /** The same as text: valid UTF-8 as it is, else with doubtful bytes percent-encoded. */
    path: z.string(),
    sizeBytes: SizeBytes,
    mtimeNs: z.string(),
  }),
  /** The copy was made around what could not be read; a partial of it is never gone on with. */
  salvage: z.literal(true).optional(),
  /** Name of the original beside this file. */
  storedName: z.string().min(1),
  /** 16 random bytes; digests of the path in the ledger are made with them, so that they tell nothing by themselves. */
  salt: Base64Url,
  stored: ItemStored.omit({ sidecarSha256: true, recovered: true }).nullable(),
});
export type Sidecar = z.infer<typeof Sidecar>;

/** The sidecar's bytes as written to disk. */
export function sidecarBytes(sidecar: Sidecar): Buffer {
  return Buffer.from(`${JSON.stringify(sidecar, null, 2)}\n`, 'utf8');
}
