import { createHash } from 'node:crypto';

/** Bytes of head and of tail that go into a fingerprint. */
export const FINGERPRINT_SPAN = 65_536;

/**
 * SHA-256 over the size (decimal, newline), the first and the last 64 kB of a file. For a file shorter than both spans
 * they overlap, which does no harm.
 */
export function fingerprintOf(sizeBytes: number, head: Uint8Array, tail: Uint8Array): string {
  return createHash('sha256').update(`${sizeBytes}\n`).update(head).update(tail).digest('hex');
}

/** Collects head and tail of a stream of blocks without keeping more than 64 kB of each. */
export function createFingerprint() {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let sizeBytes = 0;
  return {
    update(block: Buffer): void {
      sizeBytes += block.length;
      if (head.length < FINGERPRINT_SPAN) head = Buffer.concat([head, block.subarray(0, FINGERPRINT_SPAN - head.length)]);
      const last = block.subarray(Math.max(0, block.length - FINGERPRINT_SPAN));
      tail = Buffer.concat([tail, last]);
      tail = Buffer.from(tail.subarray(Math.max(0, tail.length - FINGERPRINT_SPAN)));
    },
    digest: () => fingerprintOf(sizeBytes, head, tail),
  };
}
