import { createHash } from 'node:crypto';
import createXxhash from 'xxhash-wasm';
import type { ExtraHash } from '../../main/contract/values.ts';
import type { Digests } from '../engine.ts';

const { create64 } = await createXxhash();

/** SHA-256, SM3 and the extra hashes of one stream of blocks. */
export function createHashes(extraHashes: readonly ExtraHash[]) {
  const sha256 = createHash('sha256');
  const sm3 = createHash('sm3');
  const md5 = extraHashes.includes('md5') ? createHash('md5') : null;
  const xxh64 = extraHashes.includes('xxh64') ? create64() : null;
  return {
    update(block: Uint8Array): void {
      for (const hash of [sha256, sm3, md5, xxh64]) hash?.update(block);
    },
    digests(): Digests {
      return {
        sha256: sha256.digest('hex'),
        sm3: sm3.digest('hex'),
        ...(md5 ? { md5: md5.digest('hex') } : {}),
        ...(xxh64 ? { xxh64: xxh64.digest().toString(16).padStart(16, '0') } : {}),
      };
    },
  };
}
