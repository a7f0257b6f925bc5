import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import createXxhash from 'xxhash-wasm';
import { enginesHere } from '../../fixtures/copy-lab.ts';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import type { CopyEngine } from '../../native/index.ts';
import type { ExtraHash } from '../contract/values.ts';
import { entriesOfType } from '../ledger/index.ts';
import { CHECKPOINT_NAME } from '../vault/checkpoint.ts';
import type { Checkpoint, Partial } from '../vault/index.ts';
import { type DockedCamera, type IngestContext, runDocking } from './index.ts';

/** A camera that was pulled in the middle of a copy and is docked again; checkpoints stand every MiB here. */
const MEGABYTE = 1 << 20;
const SIZE = 6 * MEGABYTE + 12_345;
const AT = 5 * MEGABYTE;
const TIME = 1_772_431_392;

let place: string;
let card: string;
let clip: string;
let bytes: Buffer;
let lab: Lab;
beforeEach(async () => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-resume-'));
  card = path.join(place, 'card');
  clip = path.join(card, 'clip.mp4');
  fs.mkdirSync(card);
  bytes = randomBytes(SIZE);
  onCamera(bytes);
  lab = await openLab(path.join(place, 'data'));
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(place, { recursive: true });
});

/** The camera's clip, always of the same time: what changes in it is not told by its date. */
function onCamera(content: Buffer, file = clip): void {
  fs.writeFileSync(file, content);
  fs.utimesSync(file, TIME, TIME);
}

function flipped(content: Buffer, at: number): Buffer {
  const other = Buffer.from(content);
  other[at] = (other[at] as number) ^ 1;
  return other;
}

const digest = (algorithm: string, content: Buffer) => createHash(algorithm).update(content).digest('hex');

/** What is in the vault as items, by the bytes that lie there. */
function inVault(): { bytes: Buffer; names: string[] }[] {
  return [...lab.vault.listItems()].map(({ itemId, folder }) => {
    const file = lab.vault.originalPath(itemId);
    if (!file.ok) throw new Error(file.failure.detail);
    return { bytes: fs.readFileSync(file.value), names: fs.readdirSync(folder).sort() };
  });
}

const stored = () => entriesOfType(lab.ledger.reader, 'item.stored').map(({ body }) => body);
const quarantined = () => entriesOfType(lab.ledger.reader, 'partial.quarantined').map(({ body }) => body);
const proven = () => entriesOfType(lab.ledger.reader, 'docking.proven').map(({ body }) => body);

describe.each(enginesHere())('$name', ({ name, start }) => {
  let engine: CopyEngine;
  let context: IngestContext;
  beforeEach(() => {
    engine = start();
    context = { ...ingestContext(lab, engine), checkpointBytes: MEGABYTE };
  });
  afterEach(() => engine.close());

  const hasCheckpoints = name === 'native';

  /** The checkpoint that a copy of these bytes has at `AT`; of nobody's where the engine makes none. */
  async function checkpointOf(content: Buffer, extraHashes: readonly ExtraHash[] = []): Promise<Checkpoint> {
    const source = path.join(place, 'beginning');
    onCamera(content.subarray(0, AT + 1), source);
    const told: Checkpoint[] = [];
    const job = { source: Buffer.from(source), target: `${source}.copy`, provenFileSystem: true };
    const listed = { sizeBytes: AT + 1, mtimeNs: `${TIME}000000000` };
    const checkpoints = { everyBytes: MEGABYTE, from: null, onReached: (one: Checkpoint) => told.push(one) };
    await engine.copy({ ...job, listed }, { signal: new AbortController().signal, checkpoints, extraHashes });
    fs.rmSync(job.target);
    const foreign = { library: 'none', version: '0', state: '00'.repeat(32) };
    return told.at(-1) ?? { offset: AT, sha256: foreign, sm3: foreign, tailSha256: '00'.repeat(32) };
  }

  /** The partial that a pull left of the clip, with its checkpoint. */
  async function pulled(camera: DockedCamera, content: Buffer, checkpoint: Checkpoint | null): Promise<Partial> {
    const partial = await lab.vault.beginPartial({
      format: 1,
      itemId: uuidv7(),
      stationId: context.stationId,
      camera: { id: camera.cameraId, serial: camera.serial },
      mediumId: camera.mediumId,
      dockingId: camera.dockingId,
      officer: null,
      source: { pathRaw: Buffer.from('clip.mp4').toString('base64url'), path: 'clip.mp4', sizeBytes: SIZE, mtimeNs: `${TIME}000000000` },
      storedName: 'clip.mp4',
      salt: '',
      stored: null,
    });
    fs.writeFileSync(partial.file, content);
    if (checkpoint) await lab.vault.saveCheckpoint(partial, checkpoint);
    return partial;
  }

  /** Docks the card again, and says which calls of the engine there were, in their order. */
  async function dock(camera: DockedCamera, atCall: (call: string) => void = () => undefined, signal = new AbortController().signal) {
    const calls: string[] = [];
    const seen = (call: string, source: Uint8Array) => {
      calls.push(`${call} ${path.basename(Buffer.from(source).toString())}`);
      atCall(call);
    };
    const watched: CopyEngine = {
      ...engine,
      copy(job, options) {
        seen('copy', job.source);
        return engine.copy(job, options);
      },
      hashBeginning(source, listed, length, options) {
        seen('beginning', source);
        return engine.hashBeginning(source, listed, length, options);
      },
    };
    const outcome = await runDocking({ ...context, engine: watched }, camera, { signal, takeTurn: turnsOf(1), onProgress: () => undefined });
    return { outcome, calls };
  }

  test('what the vault does not have yet comes first; the clip is an item when its beginning was read', async () => {
    const camera = dockedCamera(card);
    await pulled(camera, bytes.subarray(0, AT + 100_000), await checkpointOf(bytes));
    fs.writeFileSync(path.join(card, 'later.mp4'), 'a clip of after the pull');
    const already: number[] = [];
    const { outcome, calls } = await dock(camera, (call) => {
      if (call === 'beginning') already.push(stored().length);
    });
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 2, resumedBytes: AT + 100_000 });
    expect(calls.slice(0, 2).sort()).toEqual(['copy clip.mp4', 'copy later.mp4']);
    expect(calls.slice(2)).toEqual(hasCheckpoints ? ['beginning clip.mp4'] : []);
    if (hasCheckpoints) expect(already).toEqual([1]);
    const item = stored().find(({ sizeBytes }) => sizeBytes === SIZE);
    expect(item).toMatchObject({ sha256: digest('sha256', bytes), sm3: digest('sm3', bytes), resumedBytes: AT + 100_000 });
    const held = inVault().find((one) => one.bytes.length === SIZE);
    expect([held?.bytes.equals(bytes), held?.names]).toEqual([true, ['clip.mp4', 'item.json']]);
    expect(lab.vault.listPartials()).toEqual({ partials: [], unreadable: [] });
  });

  test('pulled again before its beginning was read, nothing is said of the clip, and the next docking finishes it', async () => {
    const camera = dockedCamera(card);
    await pulled(camera, bytes.subarray(0, AT), await checkpointOf(bytes));
    const gone = new AbortController();
    const before = await dock(camera, (call) => call === (hasCheckpoints ? 'beginning' : 'copy') && gone.abort(), gone.signal);
    expect(before.outcome).toMatchObject({ finished: false, safe: false, stored: 0, failures: [] });
    expect([stored(), proven(), quarantined(), inVault()]).toEqual([[], [], [], []]);
    const [partial] = lab.vault.listPartials().partials;
    expect(partial && fs.statSync(partial.file).size).toBe(hasCheckpoints ? SIZE : AT);
    const { outcome } = await dock(dockedCamera(card));
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1, resumedBytes: hasCheckpoints ? SIZE : AT });
    expect(inVault().map((one) => one.bytes.equals(bytes))).toEqual([true]);
  });

  test('a clip whose beginning reads otherwise than before is copied anew; the former copy is kept aside, and it is said', async () => {
    const camera = dockedCamera(card);
    const partial = await pulled(camera, bytes.subarray(0, AT), await checkpointOf(bytes));
    const now = flipped(bytes, 2 * MEGABYTE);
    onCamera(now);
    const { outcome } = await dock(camera);
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1, resumedBytes: hasCheckpoints ? 0 : 2 * MEGABYTE });
    expect(inVault().map((one) => one.bytes.equals(now))).toEqual([true]);
    expect(stored()).toMatchObject([{ sha256: digest('sha256', now), sm3: digest('sm3', now) }]);
    expect(quarantined()).toEqual(hasCheckpoints ? [{ reason: 'beginning-differs', sizeBytes: SIZE }] : []);
    const aside = fs.readdirSync(lab.paths.quarantine).map((id) => fs.readFileSync(path.join(lab.paths.quarantine, id, 'clip.mp4')));
    expect(aside.map((content) => content.equals(bytes))).toEqual(hasCheckpoints ? [true] : []);
    expect(fs.existsSync(partial.folder)).toBe(false);
  });

  test('a clip that is recorded over while it waits for its beginning to be read is taken as it is then', async () => {
    const camera = dockedCamera(card);
    await pulled(camera, bytes.subarray(0, AT), await checkpointOf(bytes));
    const now = randomBytes(3_000_000);
    const { outcome } = await dock(camera, (call) => call === 'beginning' && fs.writeFileSync(clip, now));
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1 });
    expect(inVault().map((one) => one.bytes.equals(hasCheckpoints ? now : bytes))).toEqual([true]);
    expect(lab.vault.listPartials().partials).toEqual([]);
  });

  test.each<[string, (checkpoint: Checkpoint) => Checkpoint, resumed: number]>([
    ['a SHA-256 state', (made) => ({ ...made, sha256: { ...made.sha256, state: 'ab'.repeat(32) } }), 0],
    ['an SM3 state', (made) => ({ ...made, sm3: { ...made.sm3, state: 'ab'.repeat(32) } }), 0],
    ['another library', (made) => ({ ...made, sm3: { ...made.sm3, library: 'nettle' } }), AT],
    ['an offset beyond the clip', (made) => ({ ...made, offset: 64 * MEGABYTE }), AT],
  ])('a checkpoint with %s of other bytes costs time and no truth', async (_, change, resumed) => {
    const camera = dockedCamera(card);
    await pulled(camera, bytes.subarray(0, AT), change(await checkpointOf(bytes)));
    const { outcome } = await dock(camera);
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1, resumedBytes: hasCheckpoints ? resumed : AT });
    expect(stored()).toMatchObject([{ sha256: digest('sha256', bytes), sm3: digest('sm3', bytes) }]);
  });

  test.each([false, true])(
    'hashes that policy asks for are those of the whole clip, also where their state was of other bytes: %s',
    async (isWrong) => {
      context.extraHashes = () => ['md5', 'xxh64'];
      const camera = dockedCamera(card);
      const made = await checkpointOf(bytes, context.extraHashes());
      const other = made.md5 && { ...made.md5, state: 'ab'.repeat(32) };
      await pulled(camera, bytes.subarray(0, AT), isWrong ? { ...made, md5: other } : made);
      const { outcome } = await dock(camera);
      expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1, resumedBytes: hasCheckpoints && isWrong ? 0 : AT });
      const xxh64 = (await createXxhash()).h64Raw(bytes).toString(16).padStart(16, '0');
      expect(stored()).toMatchObject([{ sha256: digest('sha256', bytes), md5: digest('md5', bytes), xxh64 }]);
    },
  );

  test.each<[string, (text: string) => string]>([
    ['torn', (text) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['changed in one digit', (text) => text.replace(`"offset":${AT}`, `"offset":${AT - MEGABYTE}`)],
  ])('a checkpoint whose file is %s is none', async (_, change) => {
    const camera = dockedCamera(card);
    const partial = await pulled(camera, bytes.subarray(0, AT), await checkpointOf(bytes));
    const file = path.join(partial.folder, CHECKPOINT_NAME);
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
    expect(lab.vault.checkpointOf(partial)).toBeNull();
    const { outcome, calls } = await dock(camera);
    expect(outcome).toMatchObject({ safe: true, stored: 1, resumedBytes: AT });
    expect(calls).toEqual(['copy clip.mp4']);
  });

  if (hasCheckpoints)
    test('a disk that refuses a checkpoint is not trusted with the rest', async () => {
      const camera = dockedCamera(card);
      const partial = await pulled(camera, bytes.subarray(0, 0), null);
      // Nothing can be written in its place.
      fs.mkdirSync(path.join(partial.folder, `${CHECKPOINT_NAME}.tmp`));
      const { outcome } = await dock(camera);
      expect(outcome).toMatchObject({ finished: true, safe: false, stored: 0, failures: [{ code: 'vault.write-failed' }] });
      expect((await dock(dockedCamera(card))).outcome).toMatchObject({ safe: true, stored: 1, resumedBytes: 0 });
    });

  /** What a pull left, and what happened to it and to the camera since. */
  const left = fc.record({
    present: fc.oneof(fc.nat(SIZE), fc.integer({ min: AT, max: SIZE })),
    checkpoint: fc.constantFrom('right' as const, 'right' as const, 'none' as const, 'other bytes' as const, 'wrong state' as const),
    onDisk: fc.option(fc.nat(SIZE - 1), { nil: null }),
    onCard: fc.option(fc.nat(SIZE - 1), { nil: null }),
  });

  test('whatever a pull left and whatever changed since, the vault ends with the bytes of the camera', async () => {
    const others = await checkpointOf(randomBytes(SIZE));
    const right = await checkpointOf(bytes);
    const given = { right, none: null, 'other bytes': others, 'wrong state': { ...right, sha256: others.sha256 } };
    await fc.assert(
      fc.asyncProperty(left, async ({ present, checkpoint, onDisk, onCard }) => {
        const camera = dockedCamera(card, { cameraId: uuidv7() });
        const kept = bytes.subarray(0, present);
        await pulled(camera, onDisk !== null && onDisk < present ? flipped(kept, onDisk) : kept, given[checkpoint]);
        const now = onCard === null ? bytes : flipped(bytes, onCard);
        onCamera(now);
        const { outcome } = await dock(camera);
        expect(outcome).toMatchObject({ finished: true, safe: true, stored: 1 });
        const { subject, body } = entriesOfType(lab.ledger.reader, 'item.stored').at(-1) ?? { subject: { id: '' }, body: {} };
        expect(body).toMatchObject({ sha256: digest('sha256', now), sm3: digest('sm3', now) });
        const file = lab.vault.originalPath(subject.id);
        expect(file.ok && fs.readFileSync(file.value).equals(now)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
