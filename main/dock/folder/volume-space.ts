import fs from 'node:fs';

/**
 * Size and room of a camera's file systems together. Null where that is not known: a file system may not tell, and a camera
 * may be pulled while it is asked.
 */
export async function spaceOf(roots: readonly string[]): Promise<{ totalBytes: number; freeBytes: number } | null> {
  const space = { totalBytes: 0, freeBytes: 0 };
  for (const root of roots) {
    // What cannot be asked is not known; whatever is wrong with the volume shows when its files are read.
    const stats = await fs.promises.statfs(root).catch(() => null);
    if (!stats || stats.blocks === 0) return null;
    space.totalBytes += stats.blocks * stats.bsize;
    space.freeBytes += stats.bavail * stats.bsize;
  }
  return space;
}
