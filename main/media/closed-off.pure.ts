import { type Clip, LONGEST_CLIP_MS, TOLERANCE_MS } from './group.pure.ts';

/**
 * The clips of one camera that nothing still to come can join: every recording made of them is complete. `comingMs` is
 * the earliest start, by the camera's clock, of whatever is still to be read from the camera or to be probed; infinite
 * when there is nothing. Clips are cut into stretches by silences that no recording reaches across, and the stretches
 * that end before `comingMs` are closed off. Says too little rather than too much: grouping everything later puts
 * exactly these clips together in exactly the same way.
 */
export function closedOff(clips: readonly Clip[], comingMs: number): Clip[] {
  const timed = clips.filter((clip) => clip.startMs !== null).sort((a, b) => startOf(a) - startOf(b));
  const longestMs = timed.reduce((longest, clip) => Math.max(longest, clip.durationMs ?? 0), LONGEST_CLIP_MS);
  let reachMs = Number.NEGATIVE_INFINITY;
  let closed = 0;
  for (const [n, clip] of timed.entries()) {
    if (reachMs >= comingMs) break;
    if (reachMs < startOf(clip)) closed = n;
    reachMs = Math.max(reachMs, startOf(clip) + (clip.durationMs ?? longestMs) + TOLERANCE_MS);
    if (n === timed.length - 1 && reachMs < comingMs) closed = timed.length;
  }
  // A clip without a start joins nothing, but a sidecar of it may be what is still to come.
  const alone = comingMs === Number.POSITIVE_INFINITY ? clips.filter((clip) => clip.startMs === null) : [];
  return [...timed.slice(0, closed), ...alone];
}

function startOf(clip: Clip): number {
  return clip.startMs ?? Number.NaN;
}
