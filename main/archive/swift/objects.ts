import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { done, failed, type Result } from '../../contract/errors.ts';
import { type BagFile, itemDiffers } from '../bag.ts';
import { type HashedFile, openOriginal } from '../file-io.ts';
import type { SentPart, Uploads } from '../uploads.ts';
import type { Body, SwiftClient } from './client.ts';
import { headersOf, type Metadata } from './names.pure.ts';

const BLOCK_BYTES = 1 << 18;

/** Container and object, percent-encoded as in a URL. */
export type Place = string;
export type Original = Extract<BagFile, { source: string }>;

export const placeOf = (container: string, object: string): Place => `${encodeURIComponent(container)}/${encodeURIComponent(object)}`;

/** The far end's mark of an object; null when it gave none. */
export const etagOf = (answer: { header(name: string): string | null }): string | null => answer.header('etag')?.replaceAll('"', '') ?? null;

type Context = {
  client: SwiftClient;
  uploads: Uploads;
  /** Whether objects can be read; where they can not, what was acknowledged is remembered instead. */
  readsBack: boolean;
  hashOf(place: Place, signal?: AbortSignal): Promise<HashedFile | null>;
};

/** Sends objects, and tells which of a bag's originals are there already, so that none is sent twice. */
export function createObjects({ client, uploads, readsBack, hashOf }: Context) {
  /** Sends one; `destination.read-back-differs` when the far end says that it holds other bytes. Gives its mark. */
  async function put(place: Place, body: Body, md5: string, metadata: Metadata, signal?: AbortSignal): Promise<Result<string | null>> {
    const answer = await client.ask('PUT', place, { body, headers: { ...headersOf('Object', metadata), ETag: md5 }, signal });
    const etag = etagOf(answer);
    if (etag === null || etag === md5) return done(etag);
    if (readsBack) await client.ask('DELETE', place);
    return failed('destination.read-back-differs', decodeURIComponent(place), `ETag ${etag} there, ${md5} here`);
  }

  return {
    put,
    /** Sends the n-th original of a bag, and remembers that it arrived. */
    async putOriginal(bag: string, n: number, file: Original, place: Place, metadata: Metadata, signal?: AbortSignal): Promise<Result<null>> {
      const sums = await sumsOf(file.source, signal);
      if (sums === null) return failed('vault.item-missing', file.itemId, 'its bytes can not be read');
      const differs = itemDiffers(file, sums.sha256);
      if (differs) return differs;
      const sent = await put(place, bodyOf(file, signal), sums.md5, metadata, signal).catch((error: unknown) => {
        if (error instanceof OriginalUnreadable) return failed('vault.item-missing', file.itemId, error.message);
        throw error;
      });
      if (!sent.ok) return sent;
      uploads.sent(bag, n, { sha256: file.sha256, etag: markOf(place, sent.value) });
      return done(null);
    },
    /** Whether an original is in a place, whole: both ends know it alike, or its bytes are the original's. */
    async holds(file: Original, place: Place, known: SentPart | undefined, signal?: AbortSignal): Promise<Result<boolean>> {
      const isKnown = known?.sha256 === file.sha256;
      if (!readsBack) return done(isKnown && known.etag.startsWith(`${place} `));
      const found = await client.find('HEAD', place);
      if (found === null) return done(false);
      if (isKnown && etagOf(found) !== null && known.etag === markOf(place, etagOf(found))) return done(true);
      const held = await hashOf(place, signal);
      signal?.throwIfAborted();
      if (held?.sha256 === file.sha256) return done(true);
      return failed('destination.conflict', decodeURIComponent(place), `${held?.sha256 ?? 'nothing'} there, ${file.sha256} here`);
    },
  };
}

const markOf = (place: Place, etag: string | null): string => `${place} ${etag ?? ''}`;

/** Told apart from a connection, of which Node says `read` as well. */
class OriginalUnreadable extends Error {}

function bodyOf(file: Original, signal: AbortSignal | undefined): Body {
  if (file.sizeBytes === 0) return Buffer.alloc(0);
  return { sizeBytes: file.sizeBytes, open: () => Readable.from(pieces(file, signal), { objectMode: false }) };
}

/** At the pace its destination allows, and never more than its size. */
async function* pieces(file: Original, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const original = await openOriginal(file, signal);
  if (!original) throw new OriginalUnreadable('it can not be opened any more');
  try {
    for (let at = 0; at < file.sizeBytes; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, file.sizeBytes - at));
      const bytesRead = await original.read(block, at).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw new OriginalUnreadable(String(error));
      });
      if (bytesRead === 0) throw new OriginalUnreadable('it is shorter than it was');
      yield block.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await original.close();
  }
}

/** Both sums of an original, read before a byte of it is sent: one that changed never gets a name there. Null when it can not be read. */
async function sumsOf(source: string, signal: AbortSignal | undefined): Promise<{ sha256: string; md5: string } | null> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  try {
    for await (const block of fs.createReadStream(source, { highWaterMark: 1 << 20 })) {
      signal?.throwIfAborted();
      sha256.update(block);
      md5.update(block);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}
