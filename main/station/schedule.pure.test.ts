import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MIN_COST_BYTES, nextTurn, type Rules, type UnderWay, type Waiting } from './schedule.pure.ts';

const RULES: Rules = { order: 'fair', copiesAtOnce: 4, copiesPerController: 4, copiesPerCamera: 3 };
const MEGABYTE = 1_000_000;

function waiting(camera: string, is: Partial<Waiting> = {}): Waiting {
  return { camera, controller: 'hub', first: 0, rank: 1, copied: false, bytes: MEGABYTE, remainingBytes: 10 * MEGABYTE, served: 0, ...is };
}
const underWay = (camera: string, is: Partial<UnderWay> = {}): UnderWay => ({ camera, controller: 'hub', stalled: false, ...is });
const next = (those: Waiting[], busy: UnderWay[] = [], rules: Partial<Rules> = {}) =>
  nextTurn(those, busy, 0, { ...RULES, ...rules })?.camera ?? null;

type Camera = { id: string; controller: string; files: number[] };
type Turn = { camera: string; controller: string; cost: number; doneAt: number };

/** Plays a shift: every turn lasts as long as its file is big, times how slow its camera is. Returns the turns in order. */
function play(
  cameras: Camera[],
  rules: Rules,
  slowness: (id: string) => number,
  onTurn: (waitingIds: string[], served: Map<string, number>) => void,
) {
  const left = new Map(cameras.map(({ id, files }) => [id, [...files]]));
  const served = new Map(cameras.map(({ id }) => [id, 0]));
  const granted = new Map(cameras.map(({ id }) => [id, 0]));
  let busy: Turn[] = [];
  const turns: Turn[] = [];
  let clock = 0;
  let now = 0;
  for (;;) {
    const asking = cameras.flatMap(({ id, controller }) => {
      const [bytes, ...rest] = left.get(id) ?? [];
      if (bytes === undefined) return [];
      return [waiting(id, { controller, bytes, served: served.get(id) ?? 0, remainingBytes: rest.reduce((sum, one) => sum + one, bytes) })];
    });
    const chosen = nextTurn(
      asking,
      busy.map(({ camera, controller }) => underWay(camera, { controller })),
      clock,
      rules,
    );
    if (chosen) {
      const { controller } = cameras.find(({ id }) => id === chosen.camera) as Camera;
      const bytes = left.get(chosen.camera)?.shift() as number;
      const cost = Math.max(bytes, MIN_COST_BYTES);
      granted.set(chosen.camera, (granted.get(chosen.camera) ?? 0) + cost);
      served.set(chosen.camera, chosen.served);
      expect(chosen.clock).toBeGreaterThanOrEqual(clock);
      clock = chosen.clock;
      const turn = { camera: chosen.camera, controller, cost, doneAt: now + cost * slowness(chosen.camera) };
      busy.push(turn);
      expect(busy.length).toBeLessThanOrEqual(rules.copiesAtOnce);
      expect(busy.filter((one) => one.camera === turn.camera).length).toBeLessThanOrEqual(rules.copiesPerCamera);
      expect(busy.filter((one) => one.controller === turn.controller).length).toBeLessThanOrEqual(rules.copiesPerController);
      turns.push(turn);
      const stillThere = asking.map(({ camera }) => camera).filter((id) => (left.get(id) ?? []).length > 0);
      onTurn(stillThere, granted);
      continue;
    }
    if (busy.length === 0) return turns;
    now = Math.min(...busy.map((one) => one.doneAt));
    busy = busy.filter((one) => one.doneAt > now);
  }
}

const files = fc.array(fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 40 * MEGABYTE })), { minLength: 1, maxLength: 40 });
const shift = fc
  .array(fc.record({ files, hub: fc.constantFrom('hub-a', 'hub-b') }), { minLength: 1, maxLength: 8 })
  .map((cameras) => cameras.map((one, n): Camera => ({ id: `camera-${n}`, controller: one.hub, files: one.files })));
const limits = fc.record({
  order: fc.constantFrom('fair' as const, 'smallest-first' as const, 'important-first' as const),
  copiesAtOnce: fc.integer({ min: 1, max: 12 }),
  copiesPerController: fc.integer({ min: 1, max: 12 }),
  copiesPerCamera: fc.constant(3),
});

describe('a schedule of turns', () => {
  test('while both have files, no camera gets more than one file ahead of another in bytes, whatever their files are like', () => {
    fc.assert(
      fc.property(shift, (cameras) => {
        // One copy at a time: no cap ever keeps a camera from a turn that would be its.
        const biggest = new Map(cameras.map(({ id, files }) => [id, Math.max(MIN_COST_BYTES, ...files)]));
        play(
          cameras,
          { ...RULES, copiesAtOnce: 1 },
          () => 1,
          (ids, granted) => {
            for (const a of ids) {
              for (const b of ids) expect((granted.get(a) ?? 0) - (granted.get(b) ?? 0)).toBeLessThanOrEqual(biggest.get(a) as number);
            }
          },
        );
      }),
    );
  });

  test('every file gets exactly one turn, no limit is ever passed, and none is left unused that somebody could use', () => {
    fc.assert(
      fc.property(shift, limits, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 8, maxLength: 8 }), (cameras, rules, speeds) => {
        const turns = play(
          cameras,
          rules,
          (id) => speeds[Number(id.slice(-1))] ?? 1,
          () => undefined,
        );
        expect(turns).toHaveLength(cameras.flatMap((one) => one.files).length);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ camera: fc.constantFrom('a', 'b', 'c'), controller: fc.constantFrom('x', 'y'), stalled: fc.boolean() }), {
          maxLength: 8,
        }),
        limits,
        (busy, rules) => {
          const asking = ['a', 'b', 'c'].flatMap((camera) => ['x', 'y'].map((controller) => waiting(`${camera}`, { controller })));
          const moving = busy.filter((one) => !one.stalled);
          const able = asking.filter(
            ({ camera, controller }) =>
              moving.length < rules.copiesAtOnce &&
              moving.filter((one) => one.controller === controller).length < rules.copiesPerController &&
              busy.filter((one) => one.camera === camera).length < rules.copiesPerCamera &&
              !busy.some((one) => one.camera === camera && one.stalled),
          );
          expect(nextTurn(asking, busy, 0, rules) !== null).toBe(able.length > 0);
        },
      ),
    );
  });

  test('a camera of 10,000 small files and one of three big ones both move on', () => {
    const cameras = [
      { id: 'small-0', controller: 'hub', files: Array.from({ length: 10_000 }, () => 20_000) },
      { id: 'big-1', controller: 'hub', files: [800, 800, 800].map((size) => size * MEGABYTE) },
    ];
    const order = play(
      cameras,
      { ...RULES, copiesAtOnce: 2 },
      () => 1,
      () => undefined,
    ).map((turn) => turn.camera);
    // The second big file comes when as many bytes of small ones have been copied, not at the end and not at once.
    const secondBig = order.indexOf('big-1', order.indexOf('big-1') + 1);
    expect(Math.abs(secondBig - (800 * MEGABYTE) / MIN_COST_BYTES)).toBeLessThan(3);
    // And while it is copied the small ones go on.
    expect(order.filter((id) => id === 'small-0')).toHaveLength(10_000);
  });

  test('a camera that comes later goes on from where the others are: it does not get all turns until it has caught up', () => {
    const chosen = nextTurn([waiting('old', { served: 500 * MEGABYTE }), waiting('new')], [], 500 * MEGABYTE, RULES);
    expect(chosen).toEqual({ camera: 'old', served: 501 * MEGABYTE, clock: 500 * MEGABYTE });
    expect(nextTurn([waiting('old', { served: 501 * MEGABYTE }), waiting('new')], [underWay('old')], 500 * MEGABYTE, RULES)?.camera).toBe('new');
  });

  test('what a person put first goes before everything: a file, then the camera that was put first last', () => {
    const those = [
      waiting('a', { served: 0 }),
      waiting('b', { first: 1, served: 9 }),
      waiting('c', { first: 2, served: 9 }),
      waiting('d', { rank: -1, served: 99 }),
    ];
    for (const order of ['fair', 'smallest-first', 'important-first'] as const) {
      expect(next(those, [], { order })).toBe('d');
      expect(next(those.slice(0, 3), [], { order })).toBe('c');
      expect(next(those.slice(0, 2), [], { order })).toBe('b');
    }
    // Nor does it make the others lose what they are owed among themselves.
    expect(nextTurn([waiting('a', { served: 3 }), waiting('b', { first: 1, served: 99 })], [], 0, RULES)?.clock).toBe(3);
  });

  test('what is copied and only to be proven takes no turn from what has yet to be copied, but for what a person put first', () => {
    const those = [waiting('a', { copied: true, served: 0, rank: 0, remainingBytes: 0 }), waiting('b', { served: 99 })];
    for (const order of ['fair', 'smallest-first', 'important-first'] as const) expect(next(those, [], { order })).toBe('b');
    expect(next(those.slice(0, 1))).toBe('a');
    expect(next([waiting('a', { copied: true, first: 1 }), waiting('b')])).toBe('a');
  });

  test('by option the camera with least left goes first, or important files of all cameras before the others', () => {
    const those = [
      waiting('a', { served: 0, remainingBytes: 5 }),
      waiting('b', { served: 9, remainingBytes: 4 }),
      waiting('c', { served: 10, rank: 0 }),
    ];
    expect(next(those)).toBe('a');
    expect(next(those, [], { order: 'smallest-first' })).toBe('b');
    expect(next(those, [], { order: 'important-first' })).toBe('c');
  });

  test('a camera that gives nothing gets no further file, and what it holds is no loss to the others', () => {
    const hanging = [underWay('a', { stalled: true }), underWay('a', { stalled: true })];
    expect(next([waiting('a', { first: 1 }), waiting('b')], hanging, { copiesAtOnce: 1, copiesPerController: 1 })).toBe('b');
    expect(next([waiting('a')], hanging)).toBeNull();
    expect(next([waiting('b')], [underWay('a')], { copiesAtOnce: 1 })).toBeNull();
  });

  test('the cap of one controller holds up nobody on another', () => {
    const busy = [underWay('a'), underWay('b')];
    const those = [waiting('c'), waiting('d', { controller: 'other', served: 99 })];
    expect(next(those, busy, { copiesPerController: 2 })).toBe('d');
    expect(next(those.slice(0, 1), busy, { copiesPerController: 2 })).toBeNull();
  });
});
