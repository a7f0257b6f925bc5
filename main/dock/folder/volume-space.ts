import fs from 'node:fs';
import type { Volume } from '../volume.ts';

/**
 * Size and room of a camera's own volume. Null where that is not known: a plain folder lies on some disk of the station's,
 * a file system may not tell, and a camera may be pulled while it is asked.
 */
export async function spaceOfVolume(volume: Volume): Promise<{ totalBytes: number; freeBytes: number } | null> {
  if (volume.mountMode === 'folder') return null;
  // What cannot be asked is not known; whatever is wrong with the volume shows when its files are read.
  const stats = await fs.promises.statfs(volume.root).catch(() => null);
  if (!stats || stats.blocks === 0) return null;
  return { totalBytes: stats.blocks * stats.bsize, freeBytes: stats.bavail * stats.bsize };
}
