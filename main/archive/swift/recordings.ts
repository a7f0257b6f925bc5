import { createHash } from 'node:crypto';
import type { Capability } from '../../contract/entries/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { DescribedUnit } from '../described-unit.pure.ts';
import type { HashedFile } from '../file-io.ts';
import { inParallel } from '../file-reader.ts';
import type { Uploads } from '../uploads.ts';
import type { SwiftClient } from './client.ts';
import { isStatus, SwiftError } from './errors.ts';
import {
  bookmarkMetadata,
  bookmarkName,
  clipMetadata,
  clipName,
  containerMetadata,
  containerName,
  deviceMetadata,
  deviceName,
  headersOf,
  type Metadata,
  rejectedMetadata,
  rejectedName,
  trailName,
  trailText,
  unitMark,
  userMetadata,
} from './names.pure.ts';
import { createObjects, type Original, type Place, placeOf } from './objects.ts';

type Context = {
  client: SwiftClient;
  uploads: Uploads;
  nowMs(): number;
  readsBack: boolean;
  capabilities(): Promise<readonly Capability[]>;
  hashOf(place: Place, signal?: AbortSignal): Promise<HashedFile | null>;
  atOnce: number;
};

/** Recordings of one camera and officer that begin in the same second; photos in a burst. */
const SAME_SECOND = 600;

/** A unit's container as it was found or made; `refused` is why the far end will never take it. */
type Container = { name: string; state: 'new' | 'begun' | 'complete' | 'refused'; reason: string };

/** A unit on its way: what it is, where it goes, and what came of it so far. */
type Sending = {
  bag: string;
  unit: DescribedUnit;
  container: Container;
  capabilities: readonly Capability[];
  /** Objects that are never taken and that nothing keeps there. */
  refused: { place: Place; reason: string }[];
  signal: AbortSignal | undefined;
};

export type Sent = { places: ReadonlyMap<string, Place>; complete(): Promise<void> };

/**
 * Sends a unit as a container: `Transferring` while its objects arrive, `Complete` last, and after that nothing changes there.
 * What the far end will never take goes into a container of rejected content where it has those; else the rest goes, and the
 * unit is refused.
 */
export function createRecordings(context: Context) {
  const { client, uploads, readsBack, nowMs } = context;
  const objects = createObjects(context);
  const announced = new Map<string, string>();
  let opening: Promise<unknown> = Promise.resolve();

  /** User and device have to be known before a recording of theirs comes; each is told once, and again when its name changes. */
  async function announce(unit: DescribedUnit, capabilities: readonly Capability[]): Promise<void> {
    for (const [path, metadata] of [
      [placeOf('Users', unit.user.id), userMetadata(unit, capabilities.includes('user-id'))],
      [placeOf('Devices', deviceName(unit)), deviceMetadata(unit)],
    ] as const) {
      const told = JSON.stringify(metadata);
      if (announced.get(path) === told) continue;
      await client.ask('PUT', path, { body: Buffer.alloc(0), headers: headersOf('Object', metadata) });
      announced.set(path, told);
    }
  }

  /** One at a time: two units of the same second must not both find the name free. */
  function openContainer(unit: DescribedUnit): Promise<Container> {
    const opened = opening.then(() => findContainer(unit));
    opening = opened.catch(() => undefined);
    return opened;
  }

  async function findContainer(unit: DescribedUnit): Promise<Container> {
    for (let later = 0; later < SAME_SECOND; later += 1) {
      const name = containerName(unit, later);
      const found = await client.find('HEAD', encodeURIComponent(name));
      if (found === null) return makeContainer(unit, name);
      if (found.header('x-container-meta-evidockunit') !== unitMark(unit.unitId)) continue;
      return { name, state: found.header('x-container-meta-status') === 'Complete' ? 'complete' : 'begun', reason: '' };
    }
    throw new SwiftError(409, `PUT ${containerName(unit)}`, `${SAME_SECOND} recordings of that second`);
  }

  async function makeContainer(unit: DescribedUnit, name: string): Promise<Container> {
    const metadata = { ...containerMetadata(unit, name), Status: 'Transferring' };
    try {
      await client.ask('PUT', encodeURIComponent(name), { headers: headersOf('Container', metadata) });
      return { name, state: 'new', reason: '' };
    } catch (error) {
      if (isStatus(error, 400)) return { name, state: 'refused', reason: (error as SwiftError).said };
      throw error;
    }
  }

  /** Puts what may never be taken: into the recording's container, else into that of rejected content. Says where it is. */
  async function putOrReject(sending: Sending, object: string, put: (place: Place) => Promise<Result<unknown>>): Promise<Result<Place>> {
    const { container, unit, capabilities, refused } = sending;
    const place = placeOf(container.name, object);
    let { reason } = container;
    if (container.state !== 'refused') {
      try {
        const sent = await put(place);
        return sent.ok ? done(place) : sent;
      } catch (error) {
        if (!isStatus(error, 400)) throw error;
        reason = (error as SwiftError).said;
      }
    }
    if (!capabilities.includes('rejected-content')) {
      refused.push({ place, reason });
      return done(place);
    }
    const aside = rejectedName(unit);
    const metadata = rejectedMetadata(container.name, reason, nowMs());
    await client.ask('PUT', encodeURIComponent(aside), { headers: headersOf('Container', metadata) });
    const kept = placeOf(aside, object);
    const sent = await put(kept);
    return sent.ok ? done(kept) : sent;
  }

  /** Where an original is, after it was sent unless it was there. */
  async function sendOriginal(sending: Sending, n: number, file: Original): Promise<Result<Place>> {
    const { bag, unit, container, signal } = sending;
    signal?.throwIfAborted();
    const known = uploads.partsOf(bag).get(n);
    const object = clipName(unit, file);
    if (container.state === 'complete') return foundOriginal(sending, file, known);
    return putOrReject(sending, object, async (place) => {
      const there = container.state === 'new' ? done(false) : await objects.holds(file, place, known, signal);
      if (!there.ok || there.value) return there;
      return objects.putOriginal(bag, n, file, place, clipMetadata(unit, file), signal);
    });
  }

  /** In a container that is complete nothing is changed: what it should hold is there, or in that of rejected content. */
  async function foundOriginal(
    { unit, container, signal }: Sending,
    file: Original,
    known: Parameters<typeof objects.holds>[2],
  ): Promise<Result<Place>> {
    const places = [container.name, rejectedName(unit)].map((name) => placeOf(name, clipName(unit, file)));
    for (const place of places) {
      const there = await objects.holds(file, place, known, signal);
      if (!there.ok) return there;
      if (there.value) return done(place);
    }
    const [place = ''] = places;
    // What cannot be looked at was acknowledged before it was called complete.
    return readsBack ? failed('destination.conflict', decodeURIComponent(place), 'the recording is complete and lacks it') : done(place);
  }

  /** Bookmarks, and where the camera went: as much of it as the far end can do with. */
  async function putStory(sending: Sending): Promise<Result<null>> {
    const { unit, capabilities } = sending;
    const { startMs } = unit;
    const texts: { object: string; text: string; metadata: Metadata }[] = [];
    if (capabilities.includes('bookmarks')) {
      for (const one of unit.bookmarks) texts.push({ object: bookmarkName(one), text: one.words, metadata: bookmarkMetadata(one) });
    }
    if (capabilities.includes('gnss-track') && unit.trail.length > 0 && startMs !== null) {
      texts.push({ object: trailName(unit, startMs), text: trailText(unit, startMs), metadata: { FileType: 'json' } });
    }
    return inParallel(context.atOnce, texts, ({ object, text, metadata }) => {
      const md5 = createHash('md5').update(text).digest('hex');
      return putOrReject(sending, object, (place) => objects.put(place, Buffer.from(text), md5, metadata));
    });
  }

  /** `linked`: originals whose place is known because they have been proven there before. */
  return async function send(
    bag: string,
    unit: DescribedUnit,
    originals: readonly Original[],
    linked: ReadonlyMap<string, Place>,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sent>> {
    const capabilities = await context.capabilities();
    await announce(unit, capabilities);
    const container = await openContainer(unit);
    if (uploads.idOf(bag) !== container.name) uploads.begin(bag, container.name);
    const sending: Sending = { bag, unit, container, capabilities, refused: [], signal };
    const places = new Map<string, Place>(linked);
    const sent = await inParallel(context.atOnce, originals.entries(), async ([n, file]) => {
      if (places.has(file.name)) return done(null);
      const place = await sendOriginal(sending, n, file);
      if (place.ok) places.set(file.name, place.value);
      return place;
    });
    if (!sent.ok) return sent;
    if (container.state !== 'complete') {
      const told = await putStory(sending);
      if (!told.ok) return told;
    }
    const [first] = sending.refused;
    if (first) return failed('destination.refused', decodeURIComponent(first.place), first.reason);
    return done({ places, complete: () => complete(container) });
  };

  async function complete({ name, state }: Container): Promise<void> {
    if (state === 'complete' || state === 'refused') return;
    await client.ask('POST', encodeURIComponent(name), { headers: headersOf('Container', { Status: 'Complete' }) });
  }
}
