import { createHash, type Hash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { done, failed, type Result } from '../../contract/errors.ts';
import { type BagFile, itemDiffers } from '../bag.ts';
import { type OriginalReader, openOriginal } from '../file-io.ts';
import type { SentPart, Uploads } from '../uploads.ts';
import { stoppedBy } from './client.ts';
import { isStatus } from './errors.ts';
import { withPayloadHash } from './payload-hash.ts';
import { createSlots } from './slots.ts';

/** Size of a part, and of the largest file that is sent in one piece. Stores take at most 10,000 parts: larger files have larger ones. */
export const PART_BYTES = 16 * 1024 * 1024;
const MAX_PARTS = 10_000;
const HASHED_AT_ONCE = 1024 * 1024;
/** Parts held in memory and under way, of all files together. A kill loses no more than these: under 5 % of 1 GiB. */
const PARTS_AT_ONCE = 3;

type Context = { client: S3Client; Bucket: string; keyOf(file: string): string; uploads: Uploads };
type Original = Extract<BagFile, { source: string }>;

/**
 * Sends large files in parts. Its upload, and the hash of each part that arrived, are kept, so that after a kill only what did
 * not arrive is sent again. The whole file is hashed on the way; one that changed never becomes an object.
 */
export function createMultipart({ client, Bucket, keyOf, uploads }: Context) {
  const slots = createSlots(PARTS_AT_ONCE);

  async function put(target: string, file: Original, signal?: AbortSignal): Promise<Result<null>> {
    const original = await openOriginal(file, signal);
    if (!original) return failed('vault.item-missing', file.itemId, 'its bytes can not be read');
    try {
      return await putFrom(original, target, file, signal);
    } finally {
      await original.close();
    }
  }

  async function putFrom(original: OriginalReader, target: string, file: Original, signal: AbortSignal | undefined): Promise<Result<null>> {
    const Key = keyOf(target);
    const { uploadId: UploadId, arrived } = await begin(target);
    const partBytes = Math.max(PART_BYTES, Math.ceil(file.sizeBytes / MAX_PARTS / PART_BYTES) * PART_BYTES);
    const whole = createHash('sha256');
    const sending: Promise<{ PartNumber: number; ETag: string }>[] = [];
    // Parts under way are waited for whatever happens to the others, so that nothing goes on behind the caller's back.
    let wrong: unknown = null;
    for (let at = 0, PartNumber = 1; at < file.sizeBytes && wrong === null; at += partBytes, PartNumber += 1) {
      await slots.take();
      const bytes = await read(original, at, Math.min(partBytes, file.sizeBytes - at), whole).catch((error: unknown) => {
        wrong = error;
      });
      if (!bytes) {
        slots.give();
        break;
      }
      sending.push(
        send(bytes, PartNumber)
          .catch((error: unknown) => {
            wrong ??= error;
            return { PartNumber, ETag: '' };
          })
          .finally(slots.give),
      );

      async function send({ part: Body, sha256 }: { part: Buffer; sha256: string }, n: number) {
        const known = arrived.get(n);
        if (known && known.sha256 === sha256) return { PartNumber: n, ETag: known.etag };
        const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: n, Body });
        const { ETag = '' } = await client.send(withPayloadHash(part, sha256), stoppedBy(signal));
        uploads.sent(target, n, { sha256, etag: ETag });
        return { PartNumber: n, ETag };
      }
    }
    const Parts = await Promise.all(sending);
    if (wrong !== null) throw wrong;
    const differs = itemDiffers(file, whole.digest('hex'));
    if (differs) {
      await abandon(target, UploadId);
      return differs;
    }
    await complete(target, UploadId, Parts);
    uploads.end(target);
    return done(null);
  }

  /** An upload that was begun before and is still known there, with the parts that arrived; else a new one. */
  async function begin(target: string): Promise<{ uploadId: string; arrived: Map<number, SentPart> }> {
    const known = uploads.idOf(target);
    const arrived = known === null ? null : await partsThere(target, known);
    if (known !== null && arrived !== null) return { uploadId: known, arrived };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: keyOf(target) }));
    if (UploadId === undefined) throw new Error('an upload was begun without an id');
    uploads.begin(target, UploadId);
    return { uploadId: UploadId, arrived: new Map() };
  }

  /** Parts that both ends know alike; null when the upload is not known there any more. */
  async function partsThere(target: string, UploadId: string): Promise<Map<number, SentPart> | null> {
    const sent = uploads.partsOf(target);
    const found = new Map<number, SentPart>();
    let from: string | undefined;
    try {
      do {
        const page = await client.send(new ListPartsCommand({ Bucket, Key: keyOf(target), UploadId, PartNumberMarker: from }));
        for (const { PartNumber = 0, ETag } of page.Parts ?? []) {
          const ours = sent.get(PartNumber);
          if (ours && ours.etag === ETag) found.set(PartNumber, ours);
        }
        from = page.IsTruncated ? page.NextPartNumberMarker : undefined;
      } while (from !== undefined);
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
    return found;
  }

  async function complete(target: string, UploadId: string, Parts: { PartNumber: number; ETag: string }[]): Promise<void> {
    const Key = keyOf(target);
    try {
      await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    } catch (error) {
      // The answer may have been lost, and the upload is done: then there is a version, which is read back like any other.
      const { Versions = [] } = isStatus(error, 404) ? await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key })) : {};
      if (!Versions.some((version) => version.Key === Key)) throw error;
    }
  }

  async function abandon(target: string, UploadId: string): Promise<void> {
    uploads.end(target);
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: keyOf(target), UploadId })).catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error;
    });
  }

  return {
    put,
    /**
     * Takes away uploads of a bag that nobody here knows how to finish: the working state was lost, or the answer to the request
     * that began one.
     */
    async abandonUnknown(bag: string): Promise<void> {
      const Prefix = keyOf(`${bag}/`);
      const { Uploads: found = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      for (const { Key, UploadId } of found) {
        if (Key === undefined || UploadId === undefined) continue;
        const target = `${bag}/${Key.slice(Prefix.length)}`;
        if (uploads.idOf(target) !== UploadId) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }
    },
  };
}

/** Reads a part and hashes it, and the whole file with it, in blocks so that the event loop is never held. */
async function read(original: OriginalReader, at: number, sizeBytes: number, whole: Hash): Promise<{ part: Buffer; sha256: string }> {
  const part = Buffer.allocUnsafe(sizeBytes);
  const sum = createHash('sha256');
  let filled = 0;
  while (filled < sizeBytes) {
    const wanted = part.subarray(filled, filled + HASHED_AT_ONCE);
    const block = wanted.subarray(0, await original.read(wanted, at + filled));
    sum.update(block);
    whole.update(block);
    filled += block.length;
    // Shorter than it was: the hash of the whole tells.
    if (block.length < wanted.length) break;
  }
  return { part: part.subarray(0, filled), sha256: sum.digest('hex') };
}
