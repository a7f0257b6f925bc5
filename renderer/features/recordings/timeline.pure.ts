import type { RecordingItem } from '../../../main/contract/web/recordings.ts';

/** A stretch of the line: a clip, or a gap between two. Milliseconds from the line's beginning; a clip of unknown length is drawn, not measured. */
export type Stretch = { kind: 'clip'; item: RecordingItem; startMs: number; lengthMs: number } | { kind: 'gap'; startMs: number; lengthMs: number };

/** A clip whose length nothing tells is drawn this long, and hatched. */
const UNKNOWN_MS = 5000;
/** Clips of one trigger may be a second apart by their names alone. */
const SMALLEST_GAP_MS = 2000;

/**
 * Clips laid on one line by their own start times. Where a clip does not tell its start, it follows the one before;
 * overlaps are laid end to end, so a place on the line is always one place in one clip.
 */
export function layOut(items: readonly RecordingItem[]): { stretches: Stretch[]; totalMs: number; measured: boolean } {
  const stretches: Stretch[] = [];
  let end = 0;
  let origin: number | null = null;
  for (const item of items.filter(isPlayed)) {
    const local = item.startLocal === null ? null : Date.parse(`${item.startLocal}Z`);
    if (origin === null && local !== null) origin = local - end;
    const wanted = local === null || origin === null ? end : local - origin;
    if (wanted - end >= SMALLEST_GAP_MS) {
      stretches.push({ kind: 'gap', startMs: end, lengthMs: wanted - end });
      end = wanted;
    }
    const lengthMs = item.durationMs ?? UNKNOWN_MS;
    stretches.push({ kind: 'clip', item, startMs: end, lengthMs });
    end += lengthMs;
  }
  return { stretches, totalMs: end, measured: items.filter(isPlayed).every((item) => item.durationMs !== null) };
}

/** Whether an item is on the line: films and sound are, pictures and data are shown beside it. */
export function isPlayed(item: RecordingItem): boolean {
  return item.mediaKind === 'video' || item.mediaKind === 'audio';
}

/** Which clip a place on the line is in; a place in a gap is the beginning of the next clip. */
export function placeAt(stretches: readonly Stretch[], ms: number): { item: RecordingItem; offsetMs: number } | null {
  for (const one of stretches) {
    if (one.kind === 'clip' && ms < one.startMs + one.lengthMs) return { item: one.item, offsetMs: Math.max(0, ms - one.startMs) };
  }
  const last = stretches.findLast((one) => one.kind === 'clip');
  return last?.kind === 'clip' ? { item: last.item, offsetMs: last.lengthMs } : null;
}

/** Where a place within an item is on the line, ms; null when the item is not on it. */
export function placeOf(stretches: readonly Stretch[], place: { itemId: string; offsetMs: number }): number | null {
  const clip = stretches.find((one) => one.kind === 'clip' && one.item.id === place.itemId);
  return clip ? clip.startMs + Math.min(place.offsetMs, clip.lengthMs) : null;
}
