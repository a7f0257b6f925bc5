import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Hash256, SizeBytes } from '../contract/values.ts';

/** No original is ever stored under a name that begins with a dot. */
export const CHECKPOINT_NAME = '.checkpoint';

const HashState = z.strictObject({ library: z.string(), version: z.string(), state: Hash256 });

/** Where a copy into a partial stood, in the copy engine's words (`Checkpoint` in native/engine.ts). */
const Checkpoint = z.strictObject({
  offset: SizeBytes,
  sha256: HashState,
  sm3: HashState,
  md5: HashState.optional(),
  xxh64: HashState.optional(),
  tailSha256: Hash256,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** Replaces a partial's checkpoint; when it resolves, the file is flushed, and a power cut leaves this one or the one before. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const text = JSON.stringify(checkpoint);
  const file = path.join(folder, CHECKPOINT_NAME);
  await fs.promises.writeFile(`${file}.tmp`, `${text}\n${sha256(text)}\n`, { mode: 0o600, flush: true });
  await fs.promises.rename(`${file}.tmp`, file);
}

/** A partial's checkpoint; null when there is none, or none that is whole. It only saves time, so why does not matter. */
export function readCheckpoint(folder: string): Checkpoint | null {
  try {
    const [text = '', sum] = fs.readFileSync(path.join(folder, CHECKPOINT_NAME), 'utf8').split('\n');
    return sha256(text) === sum ? Checkpoint.parse(JSON.parse(text)) : null;
  } catch {
    return null;
  }
}

/** Removes what checkpoints left in a folder. */
export async function removeCheckpoint(folder: string): Promise<void> {
  for (const name of [CHECKPOINT_NAME, `${CHECKPOINT_NAME}.tmp`]) await fs.promises.rm(path.join(folder, name), { force: true });
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
