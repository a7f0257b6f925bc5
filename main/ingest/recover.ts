import fs from 'node:fs';
import path from 'node:path';
import { type Failure, failed } from '../contract/errors.ts';
import { sql } from '../store/index.ts';
import { sidecarDigest } from '../vault/index.ts';
import { INGEST_ACTOR, type IngestContext } from './docked-camera.ts';
import { appendStored } from './settle-file.ts';

/**
 * After an unclean stop: a folder in the vault that has its final name but no entry is a proven copy whose recording was
 * cut off. It is hashed in full and adopted when it is what its sidecar says; else it stays where it is and is reported.
 * Nothing is ever deleted here.
 */
export async function adoptUnrecorded(context: IngestContext): Promise<{ adopted: number; failures: Failure[] }> {
  const known = sql(context.ledger.reader, 'SELECT 1 FROM items WHERE item_id = ?');
  const failures: Failure[] = [];
  let adopted = 0;
  for (const { itemId, folder } of context.vault.listItems()) {
    if (known.get(itemId)) continue;
    const failure = await adopt(context, itemId, folder);
    if (failure) failures.push(failure);
    else adopted += 1;
  }
  return { adopted, failures };
}

async function adopt(context: IngestContext, itemId: string, folder: string): Promise<Failure | null> {
  const sidecar = context.vault.readSidecar(itemId);
  if (!sidecar.ok) return sidecar.failure;
  const file = context.vault.originalPath(itemId);
  if (!file.ok) return file.failure;
  const { stored } = sidecar.value;
  if (!stored) return failed('vault.unexpected', itemId, 'a folder with its final name that was never proven').failure;
  const hashed = await context.engine.hash(Buffer.from(file.value), { signal: new AbortController().signal });
  if (!hashed.ok) return failed('vault.item-missing', itemId, hashed.failure.detail).failure;
  if (hashed.value.sha256 !== stored.sha256) return failed('vault.item-differs', itemId).failure;
  await appendStored(context, sidecar.value, { ...stored, sidecarSha256: sidecarDigest(folder), recovered: true });
  return null;
}

/**
 * After an unclean stop: partials whose sidecar cannot be read can never be gone on with. One that holds nothing of the
 * camera is removed; one that holds bytes is kept aside, and it is said.
 */
export async function settleBrokenPartials({ ledger, vault, now }: IngestContext): Promise<void> {
  for (const partial of vault.listPartials().unreadable) {
    if (vault.isEmptyPartial(partial)) {
      await vault.dropPartial(partial);
      continue;
    }
    const sizeBytes = sizeOf(partial.folder);
    await vault.quarantinePartial(partial);
    await ledger.append([
      {
        type: 'partial.quarantined',
        subject: { kind: 'item', id: partial.itemId },
        actor: INGEST_ACTOR,
        at: now(),
        body: { reason: 'unreadable-sidecar', sizeBytes },
      },
    ]);
  }
}

function sizeOf(folder: string): number {
  return fs.readdirSync(folder).reduce((sum, name) => sum + fs.lstatSync(path.join(folder, name)).size, 0);
}
