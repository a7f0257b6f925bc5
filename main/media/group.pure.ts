/** A clip as grouping needs it. Times are of the camera's own clock, in ms of a clock without zone. */
export type Clip = {
  itemId: string;
  officer: string | null;
  /** Start by the camera's clock; null when nothing tells it. */
  startMs: number | null;
  /** Null when it could not be read, as of a clip whose end is cut off. */
  durationMs: number | null;
  /** Number in the camera's own sequence. */
  sequence: number | null;
};

/** Clips of one trigger, in order. */
export type ClipGroup = { clips: Clip[]; durationMs: number | null };

/**
 * How far a clip's start may be from the former clip's end, either way. GA/T 947.2 allows 0.04 s between clips; names
 * carry whole seconds, so two starts may read up to a second too near or too far from each other.
 */
export const TOLERANCE_MS = 1040;

/** The longest clips cameras make; a clip of unknown length is not believed to be longer. */
export const LONGEST_CLIP_MS = 30 * 60_000;

/**
 * Puts the clips of one camera together into recordings: same officer, and the next start within about a second of the
 * former end. A clip of unknown length joins, and is joined, by sequence number and start. A clip of which no start is
 * known is a recording of its own. Every clip comes out in exactly one group; the order of the input does not matter.
 */
export function groupClips(clips: readonly Clip[]): ClipGroup[] {
  const byOfficer = Map.groupBy([...clips].sort(compareClips), (clip) => clip.officer);
  const groups = [...byOfficer.values()].flatMap(groupOfficer);
  return groups.sort((a, b) => compareClips(a.first, b.first)).map(({ clips: members }) => ({ clips: members, durationMs: spanOf(members) }));
}

/** By start, then sequence, then id; what has no start, or no sequence, comes after what has one. */
function compareClips(a: Clip, b: Clip): number {
  return compareKnown(a.startMs, b.startMs) || compareKnown(a.sequence, b.sequence) || (a.itemId < b.itemId ? -1 : Number(a.itemId > b.itemId));
}

function compareKnown(a: number | null, b: number | null): number {
  return a === null || b === null ? Number(a === null) - Number(b === null) : a - b;
}

/** A recording being put together. `longestMs`: its longest clip; null while none has a known length. */
type Growing = { clips: Clip[]; first: Clip; last: Clip; longestMs: number | null };

/** Recordings by how they end: by the second of their end, or by the sequence number of a last clip of unknown length. */
type Ends = { known: Map<number, Set<Growing>>; unknown: Map<number, Growing> };

/**
 * Groups clips of one officer, in order of start. Each clip looks only at recordings that end around its start, so that
 * thousands of recordings that overlap by a wrong clock cost no more than others.
 */
function groupOfficer(clips: readonly Clip[]): Growing[] {
  const groups: Growing[] = [];
  const ends: Ends = { known: new Map(), unknown: new Map() };
  for (const clip of clips) {
    const found = bestOf(candidates(clip, ends), clip);
    const group = found ?? { clips: [], first: clip, last: clip, longestMs: null };
    if (found) ends.known.get(endSecond(found.last))?.delete(found);
    else groups.push(group);
    group.clips.push(clip);
    group.last = clip;
    if (clip.durationMs !== null) group.longestMs = Math.max(clip.durationMs, group.longestMs ?? clip.durationMs);
    noteEnd(ends, group);
  }
  return groups;
}

function noteEnd(ends: Ends, group: Growing): void {
  const { last } = group;
  const second = endSecond(last);
  if (last.durationMs === null && last.sequence !== null) ends.unknown.set(last.sequence, group);
  else if (!Number.isNaN(second)) ends.known.set(second, (ends.known.get(second) ?? new Set()).add(group));
}

/** The second in which a clip ends; NaN when its start or length is unknown. */
function endSecond(clip: Clip): number {
  return clip.startMs === null || clip.durationMs === null ? Number.NaN : Math.floor((clip.startMs + clip.durationMs) / 1000);
}

function candidates(clip: Clip, ends: Ends): Growing[] {
  if (clip.startMs === null) return [];
  const found: Growing[] = [];
  const lastSecond = Math.floor((clip.startMs + TOLERANCE_MS) / 1000);
  for (let second = Math.floor((clip.startMs - TOLERANCE_MS) / 1000); second <= lastSecond; second += 1) {
    found.push(...(ends.known.get(second) ?? []));
  }
  const unknown = clip.sequence === null ? undefined : ends.unknown.get(clip.sequence - 1);
  // One that has gone on since is among those with a known end, or under another number.
  return unknown && unknown.last.durationMs === null ? [...found, unknown] : found;
}

/** The recording a clip goes on from: by sequence number if one does, else the one whose end is nearest. */
function bestOf(groups: readonly Growing[], clip: Clip): Growing | null {
  let best: Growing | null = null;
  let bestGap = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    if (!follows(group.last, clip, group.longestMs ?? LONGEST_CLIP_MS)) continue;
    const gap = gapMs(group.last, clip);
    const distance = gap === null || isNext(group.last, clip) ? -1 : Math.abs(gap);
    if (distance < bestGap) [best, bestGap] = [group, distance];
  }
  return best;
}

function isNext(former: Clip, next: Clip): boolean {
  return former.sequence !== null && next.sequence === former.sequence + 1;
}

/** From the former's end to the next start; null when either is unknown. */
function gapMs(former: Clip, next: Clip): number | null {
  if (former.startMs === null || next.startMs === null || former.durationMs === null) return null;
  return next.startMs - (former.startMs + former.durationMs);
}

/** Whether `next` goes on where `former` ended. `longestMs`: how long `former` can have been when its length is unknown. */
export function follows(former: Clip, next: Clip, longestMs = LONGEST_CLIP_MS): boolean {
  if (former.startMs === null || next.startMs === null) return false;
  const gap = gapMs(former, next);
  if ((gap === null || next.durationMs === null) && !isNext(former, next)) return false;
  if (gap !== null) return Math.abs(gap) <= TOLERANCE_MS;
  const sinceStart = next.startMs - former.startMs;
  return sinceStart >= 0 && sinceStart <= longestMs + TOLERANCE_MS;
}

/** From the first start to the last end; null when any clip's length is unknown. */
function spanOf(clips: readonly Clip[]): number | null {
  const first = clips[0];
  const last = clips.at(-1);
  if (!first || !last || clips.some((clip) => clip.durationMs === null)) return null;
  if (clips.length === 1) return first.durationMs;
  if (first.startMs === null || last.startMs === null || last.durationMs === null) return null;
  return last.startMs + last.durationMs - first.startMs;
}
