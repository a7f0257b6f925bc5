import fs from 'node:fs';

export type Space = { freeBytes: number; totalBytes: number; reserveBytes: number };

const GIGABYTE = 1_000_000_000;

/**
 * Free and total bytes of the file system that holds `folder`, and what has to stay free for ledger and database:
 * the policy's figure, or 2 GB or 2 %, whichever is more.
 */
export function spaceOf(folder: string, reserveBytes: number | null): Space {
  const stats = fs.statfsSync(folder);
  const totalBytes = stats.blocks * stats.bsize;
  return {
    freeBytes: stats.bavail * stats.bsize,
    totalBytes,
    reserveBytes: reserveBytes ?? Math.max(2 * GIGABYTE, Math.ceil(totalBytes / 50)),
  };
}

/** Magic numbers (statfs(2)) of file systems whose direct reads are known to come from the device. */
const PROVEN_FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x7366746e, 'ntfs'],
]);

/** Name of a file system whose read-back counts as proof; null for all others, whose copies stay `unproven`. */
export function provenFileSystem(folder: string): string | null {
  return PROVEN_FILE_SYSTEMS.get(fs.statfsSync(folder).type) ?? null;
}
