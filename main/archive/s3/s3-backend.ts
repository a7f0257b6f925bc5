import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { Capability, ObjectHeld, RetentionDue } from '../../contract/entries/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { type Content, IDENTITY_FILE, identityIn, type Listed, newIdentity, type Secured, type ServerBackend } from '../backend.ts';
import { BAG_DECLARATION, type BagFile, itemDiffers, type ReadBag } from '../bag.ts';
import { type HashedFile, readOriginal } from '../file-io.ts';
import { inParallel } from '../file-reader.ts';
import { enforcedBy } from '../retention.pure.ts';
import type { Uploads } from '../uploads.ts';
import { ATTEMPTS, openClients, type S3Settings, stoppedBy } from './client.ts';
import { isPassing, isStatus, s3Code } from './errors.ts';
import { createMultipart, PART_BYTES } from './multipart.ts';
import { withPayloadHash } from './payload-hash.ts';
import { createSlots } from './slots.ts';

export type S3Options = { settings: S3Settings; capabilities: readonly Capability[]; uploads: Uploads; nowMs(): number; silenceMs?: number };

/** Files of a bag sent or read at once. */
const AT_ONCE = 8;
const DAY_MS = 86_400_000;
/** Doubled with each attempt, and up to twice as long by chance. */
const AGAIN_AFTER_MS = 50;

type Version = { versionId: string; isLatest: boolean };

function goesInParts(file: BagFile): boolean {
  return 'source' in file && file.sizeBytes > PART_BYTES;
}

/**
 * A bucket of an object store. A bag's keys are its paths, and its declaration is written last, as the mark that it is whole.
 * Nothing is overwritten: what lies under a key already is read in full, and either is the same or is a conflict.
 */
export function openS3({ settings, capabilities, uploads, nowMs, silenceMs = 60_000 }: S3Options): Result<ServerBackend> {
  const opened = openClients(settings, silenceMs);
  if (!opened.ok) return opened;
  const { client, once } = opened.value;
  const Bucket = settings.bucket;
  const root = settings.prefix === '' ? '' : `${settings.prefix}/`;
  const keyOf = (file: string) => `${root}${file}`;
  const fileOf = (key: string) => key.slice(root.length);
  /** Prefix of the keys of everything below a folder; all of them for an empty one. */
  const keyBelow = (folder: string) => keyOf(folder === '' ? '' : `${folder}/`);
  const multipart = createMultipart({ client, Bucket, keyOf, uploads });
  const small = createSlots(AT_ONCE);
  const conditional = capabilities.includes('conditional-create');

  /** Bytes of a version, or of the newest; null when there is none. */
  async function get(file: string, versionId?: string, signal?: AbortSignal) {
    try {
      return (await client.send(new GetObjectCommand({ Bucket, Key: keyOf(file), VersionId: versionId }), stoppedBy(signal))).Body ?? null;
    } catch (error) {
      if (isStatus(error, 404) && (error as Error).name !== 'NoSuchBucket') return null;
      throw error;
    }
  }

  async function hash(file: string, versionId?: string, signal?: AbortSignal): Promise<HashedFile | null> {
    try {
      const body = (await get(file, versionId, signal)) as Readable | null;
      if (!body) return null;
      if (signal) addAbortSignal(signal, body);
      const sum = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of body) {
        sum.update(chunk);
        sizeBytes += chunk.length;
      }
      return { sha256: sum.digest('hex'), sizeBytes };
    } catch (error) {
      if (signal?.aborted) return null;
      throw error;
    }
  }

  async function* sizesBelow(folder: string): AsyncGenerator<Listed> {
    const Prefix = keyBelow(folder);
    let from: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: from }));
      for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) yield { file: fileOf(Key), sizeBytes: Size ?? null };
      from = page.NextContinuationToken;
    } while (from !== undefined);
  }

  async function* keysBelow(folder: string): AsyncGenerator<string> {
    for await (const { file } of sizesBelow(folder)) yield file;
  }

  /** Every version of every file below a folder. A file that somebody deleted has none that counts. */
  async function versionsBelow(folder: string): Promise<Map<string, Version[]>> {
    const found = new Map<string, Version[]>();
    const deleted = new Set<string>();
    let at: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | null = {};
    while (at) {
      const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: keyOf(`${folder}/`), ...at }));
      for (const { Key, IsLatest } of page.DeleteMarkers ?? []) if (Key !== undefined && IsLatest) deleted.add(fileOf(Key));
      for (const { Key, VersionId, IsLatest } of page.Versions ?? []) {
        if (Key === undefined || VersionId === undefined) continue;
        const file = fileOf(Key);
        found.set(file, [...(found.get(file) ?? []), { versionId: VersionId, isLatest: IsLatest === true }]);
      }
      at = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : null;
    }
    for (const file of deleted) found.delete(file);
    return found;
  }

  /** Sends one body whose hash is known; the store refuses other bytes. Nothing happens when somebody was first. */
  async function putBytes(file: string, bytes: Buffer, sha256: string, signal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({ Bucket, Key: keyOf(file), Body: bytes, ...(conditional ? { IfNoneMatch: '*' } : {}) });
    withPayloadHash(command, sha256);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await once.send(command, stoppedBy(signal));
        return;
      } catch (error) {
        // Whoever was first: the versions are compared later.
        if (isStatus(error, 412)) return;
        if (attempt === ATTEMPTS || signal?.aborted || !isPassing(error)) throw error;
      }
      await setTimeout(AGAIN_AFTER_MS * 2 ** attempt * (1 + Math.random()), undefined, { signal });
      // The store may have taken it and only its answer got lost: where it keeps versions, it would then be there twice.
      if (await isThere(file)) return;
    }
  }

  async function isThere(file: string): Promise<boolean> {
    try {
      await client.send(new HeadObjectCommand({ Bucket, Key: keyOf(file) }));
      return true;
    } catch (error) {
      if (isStatus(error, 404)) return false;
      throw error;
    }
  }

  async function putFile(bag: string, file: BagFile, versions: readonly Version[], signal: AbortSignal | undefined): Promise<Result<null>> {
    signal?.throwIfAborted();
    const target = `${bag}/${file.name}`;
    if (versions.length > 0) return sameVersions(target, file.sha256, versions, signal);
    if ('text' in file) await putBytes(target, Buffer.from(file.text), file.sha256, signal);
    else if (goesInParts(file)) return multipart.put(target, file, signal);
    else return putSmall(target, file, signal);
    return done(null);
  }

  /** Sends an original in one piece; of all bags together no more are in memory than of one alone. */
  async function putSmall(target: string, file: Extract<BagFile, { source: string }>, signal: AbortSignal | undefined): Promise<Result<null>> {
    await small.take();
    try {
      const bytes = await readOriginal(file, signal);
      if (!bytes) return failed('vault.item-missing', file.itemId, 'its bytes can not be read');
      const wrong = itemDiffers(file, createHash('sha256').update(bytes).digest('hex'));
      if (wrong) return wrong;
      await putBytes(target, bytes, file.sha256, signal);
      return done(null);
    } finally {
      small.give();
    }
  }

  /** Whether every version of a file is the same, by its bytes. */
  async function sameVersions(file: string, sha256: string, versions: readonly Version[], signal?: AbortSignal): Promise<Result<null>> {
    for (const { versionId } of versions) {
      const found = await hash(file, versionId, signal);
      signal?.throwIfAborted();
      if (found?.sha256 !== sha256)
        return failed('destination.conflict', `${file} ${versionId}`, `${found?.sha256 ?? 'nothing'} there, ${sha256} here`);
    }
    return done(null);
  }

  /** Locks a version until then, or for as long as the settings ask; says until when it is. Null when it is not locked. */
  async function retain(file: string, versionId: string, atLeast: string): Promise<string | null> {
    if (settings.lock === null) return null;
    const { mode, days } = settings.lock;
    const about = { Bucket, Key: keyOf(file), VersionId: versionId };
    const held = await unlessMissing(client.send(new GetObjectRetentionCommand(about)));
    const known = held?.Retention?.RetainUntilDate;
    const until = new Date(Math.max(nowMs() + days * DAY_MS, Date.parse(atLeast)));
    // An attempt that was cut off locked it less than a day ago, or it is locked for longer: it is never shortened.
    if (held?.Retention?.Mode === mode && known && known.getTime() >= until.getTime() - DAY_MS) return known.toISOString();
    await client.send(new PutObjectRetentionCommand({ ...about, Retention: { Mode: mode, RetainUntilDate: until } }));
    const now = (await client.send(new GetObjectRetentionCommand(about))).Retention;
    // Seconds are all that the store keeps.
    if (now?.Mode !== mode || !now.RetainUntilDate || now.RetainUntilDate.getTime() < until.getTime() - 1000) return null;
    return now.RetainUntilDate.toISOString();
  }

  /** Puts a version under a legal hold, or takes that away; false when the store does not say so afterwards. */
  async function hold(file: string, versionId: string, legalHold: boolean): Promise<boolean> {
    const about = { Bucket, Key: keyOf(file), VersionId: versionId };
    const Status = legalHold ? 'ON' : 'OFF';
    const statusNow = async () => (await unlessMissing(client.send(new GetObjectLegalHoldCommand(about))))?.LegalHold?.Status ?? 'OFF';
    if ((await statusNow()) === Status) return true;
    await client.send(new PutObjectLegalHoldCommand({ ...about, LegalHold: { Status } }));
    return (await statusNow()) === Status;
  }

  async function extend(bag: string, objects: readonly ObjectHeld[], due: RetentionDue): Promise<Result<string | null>> {
    if (!capabilities.includes('object-lock')) return done(null);
    const now: ObjectHeld[] = [];
    const extended = await inParallel(AT_ONCE, objects, async (object) => {
      const file = `${bag}/${object.file}`;
      const lacking = failed('destination.lacking', file, 'it is not locked, or not held, although that was asked');
      if (object.versionId === null) return lacking;
      const retainUntil = await retain(file, object.versionId, due.until);
      if (settings.lock !== null && retainUntil === null) return lacking;
      if (!(await hold(file, object.versionId, due.legalHold))) return lacking;
      now.push({ ...object, retainUntil });
      return done(null);
    });
    return extended.ok ? done(enforcedBy(now)) : extended;
  }

  async function secure(bag: string, read: ReadBag, until: string): Promise<Result<Secured>> {
    const versions = await versionsBelow(bag);
    const objects: ObjectHeld[] = [];
    const secured = await inParallel(AT_ONCE, read.files, async ([name, { sha256 }]) => {
      const file = `${bag}/${name}`;
      const known = versions.get(file) ?? [];
      const newest = known.find((one) => one.isLatest);
      if (!newest) return failed('destination.read-back-differs', file, 'its version is not listed');
      // The newest one was read; others have to be the same.
      const same = known.length === 1 ? done(null) : await sameVersions(file, sha256, known);
      if (!same.ok) return same;
      const retainUntil = await retain(file, newest.versionId, until);
      if (settings.lock !== null && retainUntil === null) return failed('destination.lacking', file, 'it is not locked although that was asked');
      objects.push({ file: name, versionId: newest.versionId === 'null' ? null : newest.versionId, retainUntil });
      return done(null);
    });
    return secured.ok ? done({ objects: objects.sort((a, b) => (a.file < b.file ? -1 : 1)) }) : secured;
  }

  async function create(file: string, content: Content): Promise<void> {
    const bytes = 'text' in content ? Buffer.from(content.text) : await fs.promises.readFile(content.source);
    if ((await get(file)) === null) await putBytes(file, bytes, createHash('sha256').update(bytes).digest('hex'));
  }

  async function text(file: string): Promise<string | null> {
    return (await (await get(file))?.transformToString('utf8')) ?? null;
  }

  const remove = (file: string) => removeVersions(file, () => true);

  async function removeVersions(file: string, isMeant: (version: { IsLatest?: boolean }) => boolean): Promise<void> {
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: keyOf(file) }));
    for (const { Key, VersionId, IsLatest = false } of Versions) {
      if (Key !== keyOf(file) || !isMeant({ IsLatest })) continue;
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })).catch((error: unknown) => {
        // A bucket may lock everything by itself, this too; it stays until its time is over.
        if (!isStatus(error, 403)) throw error;
      });
    }
  }

  async function replace(file: string, source: string): Promise<void> {
    const bytes = await fs.promises.readFile(source);
    const command = new PutObjectCommand({ Bucket, Key: keyOf(file), Body: bytes });
    await client.send(withPayloadHash(command, createHash('sha256').update(bytes).digest('hex')));
    // Of what is made anew every few minutes nobody needs the former versions.
    await removeVersions(file, ({ IsLatest }) => !IsLatest);
  }

  async function readable(folder: string, into: string, isWanted: (file: string) => boolean): Promise<string> {
    const wanted: string[] = [];
    for await (const file of keysBelow(folder)) if (isWanted(file)) wanted.push(file);
    await inParallel(AT_ONCE, wanted, async (file) => {
      const body = (await get(file)) as Readable | null;
      const target = path.join(into, file.slice(folder.length + 1));
      // One that went since the listing is missed by whoever needs it.
      if (!body) return done(null);
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      await pipeline(body, fs.createWriteStream(target));
      return done(null);
    });
    return into;
  }

  return done({
    atOnce: AT_ONCE,
    hash: (file, signal) => hash(file, undefined, signal),
    text,
    list: keysBelow,
    async folders(folder) {
      const Prefix = keyBelow(folder);
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/' }));
      return (page.CommonPrefixes ?? []).flatMap(({ Prefix: found }) => (found === undefined ? [] : [found.slice(Prefix.length, -1)]));
    },
    async check(identity) {
      const found = await text(IDENTITY_FILE);
      return found !== null && identityIn(found) === identity ? done(null) : failed('destination.identity-differs', Bucket, `expected ${identity}`);
    },
    async claim() {
      await create(IDENTITY_FILE, { text: newIdentity() });
      const identity = identityIn((await text(IDENTITY_FILE)) ?? '');
      return identity === null ? failed('destination.identity-differs', Bucket, `${IDENTITY_FILE} names none`) : done(identity);
    },
    holds: (bag) => isThere(`${bag}/${BAG_DECLARATION}`),
    async put(bag, files, signal) {
      try {
        const versions = await versionsBelow(bag);
        const put = (file: BagFile) => putFile(bag, file, versions.get(`${bag}/${file.name}`) ?? [], signal);
        const [declaration, ...rest] = [...files].reverse() as [BagFile, ...BagFile[]];
        const sent = await inParallel(AT_ONCE, rest.reverse(), put);
        if (!sent.ok) return sent;
        // Before it is called whole; until then the next attempt comes by here.
        if (files.some(goesInParts)) await multipart.abandonUnknown(bag);
        return await put(declaration);
      } catch (error) {
        // The SDK has an error of its own for a request that was stopped.
        signal?.throwIfAborted();
        throw error;
      }
    },
    secure,
    extend,
    create,
    remove,
    tables: { sizes: sizesBelow, replace, readable },
    codeOf: s3Code,
    async close() {
      client.destroy();
      once.destroy();
    },
    async capabilities() {
      const found: Capability[] = [];
      if ((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status === 'Enabled') found.push('versioning');
      const lock = await client.send(new GetObjectLockConfigurationCommand({ Bucket })).catch((error: unknown) => {
        if (isStatus(error, 404)) return null;
        throw error;
      });
      if (lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled') found.push('object-lock');
      if (await refusesSecond()) found.push('conditional-create');
      return found;
    },
  });

  /** Whether a second object under one name is refused when that is asked for. */
  async function refusesSecond(): Promise<boolean> {
    const file = `.evidock-probe-${randomUUID()}`;
    await create(file, { text: file });
    try {
      await client.send(new PutObjectCommand({ Bucket, Key: keyOf(file), Body: file, IfNoneMatch: '*' }));
      return false;
    } catch (error) {
      if (isStatus(error, 412) || isStatus(error, 501)) return isStatus(error, 412);
      throw error;
    } finally {
      await remove(file);
    }
  }
}

/** An answer, or null where the store says that there is none: a version that nobody locked has no lock to tell of. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (isStatus(error, 404)) return null;
    throw error;
  });
}
