import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { addAbortSignal } from 'node:stream';
import type { DestinationSettings } from '../../contract/api/archive.ts';
import type { Capability, ObjectHeld } from '../../contract/entries/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { Content, Secured, ServerBackend } from '../backend.ts';
import { BAG_DECLARATION, type BagFile, type ReadBag } from '../bag.ts';
import type { DescribedUnit } from '../described-unit.pure.ts';
import type { HashedFile } from '../file-io.ts';
import { inParallel } from '../file-reader.ts';
import type { Uploads } from '../uploads.ts';
import { CAPABILITIES_FILE, declaredIn, FULL } from './capabilities.ts';
import { type Answer, createClient, read } from './client.ts';
import { type ConnectionFile, openConnection } from './connection-file.ts';
import { isStatus, swiftCode } from './errors.ts';
import { headersOf } from './names.pure.ts';
import { etagOf, type Place } from './objects.ts';
import { createRecordings } from './recordings.ts';

export type SwiftSettings = Extract<DestinationSettings, { kind: 'swift' }>;
export type SwiftOptions = { settings: SwiftSettings; uploads: Uploads; nowMs(): number; silenceMs?: number };

/** Files of a bag sent or read at once. */
const AT_ONCE = 4;
/** What every Evidock station is to a content destination: one body worn system, whose connection id is the destination's identity. */
const SYSTEM_ID = 'e51d0c00-5a11-5e1f-8e71-d0c057a710f5';
const SYSTEM = `System/${SYSTEM_ID}`;
/** Container of all that is no recording: lists and custody of bags, ledgers, keys. */
const FILES = 'Evidock';
/** Longest text that is read whole. */
const TEXT_BYTES = 64 * 1024 * 1024;

const encoded = (file: string): string => file.split('/').map(encodeURIComponent).join('/');

/**
 * A content destination of the body worn integration API. Each unit is a container of its own there, its originals under the
 * names the API gives them. On a server of Swift itself the bag is there too: in the container `Evidock`, each original a
 * manifest object that stands for the one in the recording's container, so that no byte lies there twice.
 *
 * An application that only takes recordings can not be read back: what it acknowledged is `acknowledged`, and proves nothing.
 */
export function openSwift({ settings, uploads, nowMs, silenceMs = 60_000 }: SwiftOptions): Result<ServerBackend> {
  const opened = openConnection(settings.key);
  return opened.ok ? done(serve(opened.value, { uploads, nowMs, silenceMs })) : opened;
}

function serve(connection: ConnectionFile, { uploads, nowMs, silenceMs }: { uploads: Uploads; nowMs(): number; silenceMs: number }): ServerBackend {
  const client = createClient(connection, silenceMs);
  const readsBack = connection.FullStoreAndReadSupport;
  let known: Promise<readonly Capability[]> | null = null;
  /** Where the originals of a bag went that can not be asked about. */
  const acknowledged = new Map<string, ReadonlyMap<string, Place>>();
  const sendRecording = createRecordings({ client, uploads, nowMs, readsBack, capabilities, hashOf, atOnce: AT_ONCE });

  function capabilities(): Promise<readonly Capability[]> {
    known ??= (readsBack ? Promise.resolve(FULL) : readCapabilities()).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  }

  async function readCapabilities(): Promise<Capability[]> {
    const answer = await client.find('GET', `System/${CAPABILITIES_FILE}`);
    return answer === null ? [] : declaredIn(await read(answer, TEXT_BYTES), etagOf(answer));
  }

  /** The bytes of an object, read to their end; null when there is none, or `signal` ended the reading. */
  async function hashOf(path: string, signal?: AbortSignal): Promise<HashedFile | null> {
    try {
      const answer = await client.find('GET', path, { signal });
      if (!answer) return null;
      if (signal) addAbortSignal(signal, answer.body);
      const sum = createHash('sha256');
      let sizeBytes = 0;
      for await (const piece of answer.body as AsyncIterable<Buffer>) {
        sum.update(piece);
        sizeBytes += piece.length;
      }
      return { sha256: sum.digest('hex'), sizeBytes };
    } catch (error) {
      if (signal?.aborted) return null;
      throw error;
    }
  }

  const pathOf = (file: string) => `${FILES}/${encoded(file)}`;

  /** Where the bytes of a file lie: those of an original in the container of its recording. Null when there is no such file. */
  async function placeOf(file: string): Promise<Place | null> {
    if (!isOriginal(file)) return pathOf(file);
    const manifest = await client.find('HEAD', `${pathOf(file)}?multipart-manifest=get`);
    return manifest && placeIn(manifest, pathOf(file));
  }

  async function text(file: string): Promise<string | null> {
    const answer = await client.find('GET', pathOf(file));
    return answer && read(answer, TEXT_BYTES);
  }

  /** Names below a prefix, in order; with a delimiter those of folders end in it. */
  async function* names(prefix: string, delimiter = ''): AsyncGenerator<string> {
    for (let marker = ''; ; ) {
      const query = new URLSearchParams({ prefix, marker, ...(delimiter === '' ? {} : { delimiter }) });
      const answer = await client.find('GET', `${FILES}?${query}`);
      const page = answer === null ? [] : (await read(answer, TEXT_BYTES)).split('\n').filter((name) => name !== '');
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      marker = last;
    }
  }

  const list = (folder: string) => names(folder === '' ? '' : `${folder}/`);

  async function putFile(file: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<void> {
    const ETag = createHash('md5').update(bytes).digest('hex');
    try {
      // Ceph ignores the condition; whoever calls has looked before.
      await client.ask('PUT', pathOf(file), { body: bytes, headers: { ETag, 'If-None-Match': '*', ...headers } });
    } catch (error) {
      if (!isStatus(error, 412)) throw error;
    }
  }

  /** Puts a list or a declaration of a bag; what is there under its name has to be the same. */
  async function putTag(bag: string, file: Extract<BagFile, { text: string }>, there: ReadonlySet<string>): Promise<Result<null>> {
    const target = `${bag}/${file.name}`;
    if (!there.has(target)) await putFile(target, Buffer.from(file.text));
    else {
      const found = await hashOf(pathOf(target));
      if (found?.sha256 !== file.sha256) return failed('destination.conflict', target, `${found?.sha256 ?? 'nothing'} there, ${file.sha256} here`);
    }
    return done(null);
  }

  /** The bag of a recording that is there already: lists, and a manifest object in the place of each original. */
  async function putBag(
    bag: string,
    files: readonly BagFile[],
    places: ReadonlyMap<string, Place>,
    there: ReadonlySet<string>,
  ): Promise<Result<null>> {
    return inParallel(AT_ONCE, files, async (file) => {
      if (file.name === BAG_DECLARATION) return done(null);
      if ('text' in file) return putTag(bag, file, there);
      const place = places.get(file.name);
      if (place !== undefined && !there.has(`${bag}/${file.name}`)) {
        await putFile(`${bag}/${file.name}`, Buffer.alloc(0), { ...headersOf('Object', { Place: place }), 'X-Object-Manifest': place });
      }
      return done(null);
    });
  }

  async function put(
    bag: string,
    files: readonly BagFile[],
    signal: AbortSignal | undefined,
    describe?: () => Promise<DescribedUnit>,
  ): Promise<Result<null>> {
    if (!describe) throw new Error('a content destination is told what a unit is');
    signal?.throwIfAborted();
    const there = new Set<string>();
    if (readsBack) for await (const file of list(bag)) there.add(file);
    const originals = files.filter((file) => 'source' in file);
    const linked = new Map<string, Place>();
    for (const { name } of originals) {
      const place = there.has(`${bag}/${name}`) ? await placeOf(`${bag}/${name}`) : null;
      if (place !== null) linked.set(name, place);
    }
    const sent = await sendRecording(bag, await describe(), originals, linked, signal);
    if (!sent.ok) return sent;
    if (readsBack) {
      const put = await putBag(bag, files, sent.value.places, there);
      if (!put.ok) return put;
    } else acknowledged.set(bag, sent.value.places);
    await sent.value.complete();
    const declaration = files.find((file) => file.name === BAG_DECLARATION);
    if (readsBack && declaration && 'text' in declaration) {
      const declared = await putTag(bag, declaration, there);
      if (!declared.ok) return declared;
    }
    uploads.end(bag);
    return done(null);
  }

  /** The far end's own word on each file, and where it is. */
  async function secure(bag: string, { files, payload }: ReadBag): Promise<Result<Secured>> {
    const objects: ObjectHeld[] = [];
    const names = [...(readsBack ? files : payload).keys()];
    const secured = await inParallel(AT_ONCE, names, async (name) => {
      const place = readsBack ? await placeOf(`${bag}/${name}`) : (acknowledged.get(bag)?.get(name) ?? null);
      if (place === null) return failed('destination.read-back-differs', `${bag}/${name}`, 'it is not there any more');
      const answer = await client.find('HEAD', place);
      if (answer === null) return failed('destination.read-back-differs', place, 'it is not there any more');
      objects.push({ file: name, versionId: null, retainUntil: null, place: decodeURIComponent(place), etag: etagOf(answer) });
      return done(null);
    });
    acknowledged.delete(bag);
    return secured.ok ? done({ objects: objects.sort((a, b) => (a.file < b.file ? -1 : 1)) }) : secured;
  }

  async function identity(): Promise<string | null> {
    const answer = await client.find('HEAD', SYSTEM);
    return answer?.header('x-object-meta-connectionid') ?? null;
  }

  async function create(file: string, content: Content): Promise<void> {
    const bytes = 'text' in content ? Buffer.from(content.text) : await fs.promises.readFile(content.source);
    if ((await client.find('HEAD', pathOf(file))) === null) await putFile(file, bytes);
  }

  return {
    atOnce: AT_ONCE,
    ...(readsBack ? {} : { storesOnly: true }),
    async hash(file, signal) {
      const place = await placeOf(file);
      return place === null ? null : hashOf(place, signal);
    },
    text,
    list,
    async folders(folder) {
      const found: string[] = [];
      const prefix = folder === '' ? '' : `${folder}/`;
      for await (const name of names(prefix, '/')) if (name.endsWith('/')) found.push(name.slice(prefix.length, -1));
      return found;
    },
    async check(expected) {
      const found = await identity();
      return found === expected ? done(null) : failed('destination.identity-differs', connection.SiteName, `expected ${expected}`);
    },
    async claim() {
      if (!(await capabilities()).includes('system-id')) return failed('destination.lacking', connection.SiteName, 'StoreReadSystemID');
      for (const container of ['System', 'Users', 'Devices', ...(readsBack ? [FILES] : [])]) await client.ask('PUT', container);
      if ((await identity()) === null) {
        const metadata = { ConnectionId: randomUUID(), SystemName: 'Evidock' };
        await client.ask('PUT', SYSTEM, { body: Buffer.alloc(0), headers: headersOf('Object', metadata) });
      }
      const found = await identity();
      return found === null ? failed('destination.identity-differs', connection.SiteName, `${SYSTEM} names none`) : done(found);
    },
    holds: async (bag) => (await client.find('HEAD', pathOf(`${bag}/${BAG_DECLARATION}`))) !== null,
    async put(bag, files, signal, describe) {
      try {
        return await put(bag, files, signal, describe);
      } catch (error) {
        // Node has an error of its own for a request that was stopped.
        signal?.throwIfAborted();
        throw error;
      }
    },
    secure,
    create,
    async remove(file) {
      try {
        await client.ask('DELETE', pathOf(file));
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    },
    codeOf: swiftCode,
    async close() {
      client.close();
    },
    async capabilities() {
      return [...(await capabilities())];
    },
  };
}

/** Whether a file is an original of a bag: `<station>/<year>/<month>/<unit>/data/...`. */
const isOriginal = (file: string): boolean => file.split('/')[4] === 'data';

/** The object that a manifest object stands for; one without is what it is. */
function placeIn(manifest: Answer, itself: Place): Place {
  const place = manifest.header('x-object-meta-place');
  return place === null ? itself : decodeURIComponent(place);
}
