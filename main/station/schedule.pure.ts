import type { PolicyValues } from '../contract/policy.ts';

/** A camera that has a file to copy and waits for a turn with it. */
export type Waiting = {
  camera: string;
  /** What its port hangs on: ports of one controller share its bandwidth. */
  controller: string;
  /** Above 0 when a person put this camera first; the higher, the later that was. */
  first: number;
  /** Of its next file, as its plan has it: below 0 when a person put the file first, 0 when it is important. */
  rank: number;
  /** Its next file is copied already, and only to be proven. */
  copied: boolean;
  /** What is to be read for its next file. */
  bytes: number;
  /** What is left to copy of it. */
  remainingBytes: number;
  /** Up to where on the schedule's scale of bytes its turns have brought it. */
  served: number;
};

/** A file that has its turn. `stalled`: its camera gives nothing at present. */
export type UnderWay = { camera: string; controller: string; stalled: boolean };

export type Rules = { order: PolicyValues['copy-order']; copiesAtOnce: number; copiesPerController: number; copiesPerCamera: number };

/** Who is next, how far that brings it, and where the scale begins for whoever comes anew. */
export type NextTurn = { camera: string; served: number; clock: number };

/** A file costs at least as much as this many bytes: opening, flushing and recording one take their time, however small it is. */
export const MIN_COST_BYTES = 256 * 1024;

/**
 * Decides which camera copies its next file now; null when none may. What a person put first goes before everything, then
 * what has yet to be copied before what is only to be proven, then what the order of policy says, then whoever has been
 * served fewest bytes (start-time fair queueing: a camera that comes anew, or could not use its turns for a while, goes on
 * from where the others are and is owed nothing). A camera that has stalled gets no further file, and those it has do not
 * count against the others.
 */
export function nextTurn(waiting: readonly Waiting[], underWay: readonly UnderWay[], clock: number, rules: Rules): NextTurn | null {
  const moving = underWay.filter((one) => !one.stalled);
  if (moving.length >= rules.copiesAtOnce) return null;
  const has = (camera: string) => underWay.filter((one) => one.camera === camera).length;
  const able = waiting.filter(
    ({ camera, controller }) =>
      has(camera) < rules.copiesPerCamera &&
      !underWay.some((one) => one.camera === camera && one.stalled) &&
      moving.filter((one) => one.controller === controller).length < rules.copiesPerController,
  );
  const start = (one: Waiting) => Math.max(one.served, clock);
  const keys = (one: Waiting) => [
    one.rank < 0 ? 0 : 1,
    -one.first,
    one.copied ? 1 : 0,
    rules.order === 'important-first' && one.rank > 0 ? 1 : 0,
    rules.order === 'smallest-first' ? one.remainingBytes : 0,
    start(one),
    has(one.camera),
  ];
  const [next] = able.map((one) => ({ one, keys: keys(one) })).sort((a, b) => inOrder(a.keys, b.keys));
  if (!next) return null;
  return {
    camera: next.one.camera,
    served: start(next.one) + Math.max(next.one.bytes, MIN_COST_BYTES),
    // Not from whom was chosen: one that was put first may be far ahead of the others.
    clock: Math.min(...able.map(start)),
  };
}

function inOrder(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((key, n) => key !== b[n]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
