import type { Hole } from '../engine.ts';
import { SourceFault, systemCode } from '../failures.ts';
import { readAt, type SourceFile } from './source-file.ts';

/** The border of pages and of a card's sectors: no smaller piece is tried. */
const SECTOR_BYTES = 4096;
/** Failing reads of a file, each of which may take seconds; after them a piece that fails is a hole as it is. */
const MOST_FAILED_READS = 4096;

/** What a device says of a place on it, and not of itself: a camera that is gone is no hole. */
const OF_PLACE = new Set(['EIO', 'ENODATA', 'EILSEQ', 'EREMOTEIO', 'ETIMEDOUT', 'EBADMSG']);

/**
 * Reads a source around what its device cannot read: a piece that fails is tried again in halves, down to 4 kB on their own
 * borders, and what fails then is a hole, with zeros in its place. Throws when the camera is gone, and what `onFailed` throws.
 */
export function createSalvage(source: SourceFile, onFailed: (offset: number) => void) {
  const holes: Hole[] = [];
  let failedReads = 0;

  function fill(block: Buffer, at: number, to: number, begin: number): void {
    let from = at;
    while (from < to) {
      const read = tryReading(block, from, to, begin);
      if (read === 0) throw new SourceFault('source.changed', 'shorter than listed');
      if (read !== null) {
        from += read;
        continue;
      }
      failedReads += 1;
      onFailed(from);
      const middle = Math.ceil((from + (to - from) / 2) / SECTOR_BYTES) * SECTOR_BYTES;
      if (middle >= to || failedReads > MOST_FAILED_READS) {
        block.fill(0, from - begin, to - begin);
        addHole(from, to - from);
        return;
      }
      fill(block, from, middle, begin);
      from = middle;
    }
  }

  /** Null when the place cannot be read. */
  function tryReading(block: Buffer, from: number, to: number, begin: number): number | null {
    try {
      return readAt(source.fd, block, from - begin, to - from, from);
    } catch (error) {
      if (OF_PLACE.has(systemCode(error))) return null;
      throw error;
    }
  }

  function addHole(offset: number, lengthBytes: number): void {
    const last = holes.at(-1);
    if (last && last.offset + last.lengthBytes === offset) last.lengthBytes += lengthBytes;
    else holes.push({ offset, lengthBytes });
  }

  return {
    /** In order, none touching the next. */
    holes,
    /** Fills a block from `offset`; less than a block, or nothing, only at the end of the file. */
    read(block: Buffer, offset: number): number {
      const to = Math.min(offset + block.length, source.sizeBytes);
      if (offset >= to) return 0;
      fill(block, offset, to, offset);
      return to - offset;
    },
  };
}
