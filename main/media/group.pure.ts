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
export type ClipGroup = { clips: Clip[]; startMs: number | null; durationMs: number | null };

/**
 * How far a clip's start may be from the former clip's end. GA/T 947.2 allows 0.04 s between clips; names carry whole
 * seconds, so a start may read up to a second early.
 */
const TOLERANCE_MS = 1000;

/**
 * Puts the clips of one camera together into recordings: same officer, and the next start within a second of the former
 * end. A clip of unknown length joins, and is joined, by sequence number and start. A clip of which no start is known is
 * a recording of its own. Every clip comes out in exactly one group; the order of the input does not matter.
 */
export function groupClips(clips: readonly Clip[]): ClipGroup[] {
  const officers = new Map<string | null, Clip[]>();
  for (const clip of clips) officers.set(clip.officer, [...(officers.get(clip.officer) ?? []), clip]);
  return [...officers.values()].flatMap(groupOne).sort((a, b) => compare(a.clips[0], b.clips[0]));
}

function groupOne(clips: readonly Clip[]): ClipGroup[] {
  const groups: Clip[][] = [];
  for (const clip of [...clips].sort(compare)) {
    const group = groups.at(-1);
    const former = group?.at(-1);
    if (group && former && follows(former, clip)) group.push(clip);
    else groups.push([clip]);
  }
  return groups.map(describe);
}

function compare(a: Clip | undefined, b: Clip | undefined): number {
  return (
    (a?.startMs ?? Number.POSITIVE_INFINITY) - (b?.startMs ?? Number.POSITIVE_INFINITY) ||
    (a?.sequence ?? 0) - (b?.sequence ?? 0) ||
    ((a?.itemId ?? '') < (b?.itemId ?? '') ? -1 : 1)
  );
}

/** Whether `next` goes on where `former` ended. */
export function follows(former: Clip, next: Clip): boolean {
  if (former.startMs === null || next.startMs === null) return false;
  if (former.durationMs !== null) return Math.abs(next.startMs - (former.startMs + former.durationMs)) <= TOLERANCE_MS;
  return former.sequence !== null && next.sequence === former.sequence + 1 && next.startMs > former.startMs;
}

function describe(clips: Clip[]): ClipGroup {
  const first = clips[0];
  const last = clips.at(-1);
  const startMs = first?.startMs ?? null;
  const known = clips.every((clip) => clip.durationMs !== null);
  const single = clips.length === 1 ? (first?.durationMs ?? null) : null;
  const spanned = known && startMs !== null && last?.startMs != null && last.durationMs !== null ? last.startMs + last.durationMs - startMs : null;
  return { clips, startMs, durationMs: clips.length === 1 ? single : spanned };
}
