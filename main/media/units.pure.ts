import type { UnitClosed } from '../contract/entries/media.ts';
import type { MediaKind } from '../contract/values.ts';
import { closedOff } from './closed-off.pure.ts';
import { type Clip, follows, groupClips } from './group.pure.ts';

/** An item that is in no unit yet. */
export type UngroupedItem = {
  itemId: string;
  dockingId: string;
  officer: string | null;
  mediaKind: MediaKind;
  /** Path on the camera, as text; null when its private record is gone. */
  path: string | null;
  start: NonNullable<UnitClosed['start']> | null;
  durationMs: number | null;
  damaged: boolean;
  sequence: number | null;
};

/** First and last clip of a recording that is closed. */
export type FormerRecording = { unitId: string; firstClip: Clip; lastClip: Clip };
export type PlannedUnit = UnitClosed & { officer: string | null; dockings: string[] };

/**
 * Puts items of one camera into units so that each is in exactly one: clips with their sidecars into recordings, photos,
 * voice notes and documents each by itself, everything else into one unit per docking.
 */
export function planUnits(items: readonly UngroupedItem[], former: readonly FormerRecording[]): PlannedUnit[] {
  const byId = new Map(items.map((item) => [item.itemId, item]));
  const videos = items.filter((item) => item.mediaKind === 'video');
  const { sidecars, rest } = matchSidecars(items, videos);
  const recordings = groupClips(videos.map(clipOf)).map((group) => {
    const clips = group.clips.map((clip) => byId.get(clip.itemId) as UngroupedItem);
    const beside = clips.flatMap((clip) => sidecars.get(clip.itemId) ?? []).sort(byPath);
    return unit('recording', clips, beside, group.durationMs, goesOnFrom(group.clips, former));
  });
  const loose = rest.filter(isLoose).map((item) => unit('loose', [item], [], item.durationMs, null));
  const dockings = Map.groupBy(
    rest.filter((item) => !isLoose(item)),
    (item) => item.dockingId,
  );
  return [...recordings, ...loose, ...[...dockings.values()].map((logs) => unit('docking', logs, [], null, null))];
}

/**
 * The recordings among these items that are complete although more of the camera is to come (see `closedOff`), with their
 * sidecars. Two clips of one name in different folders wait for the end: whose a sidecar is may show only then.
 */
export function planComplete(items: readonly UngroupedItem[], former: readonly FormerRecording[], comingMs: number): PlannedUnit[] {
  const videos = items.filter((item) => item.mediaKind === 'video');
  const byTail = Map.groupBy(videos, (video) => tailOf(stemOf(video)));
  const closed = new Set(closedOff(videos.map(clipOf), comingMs).map((clip) => clip.itemId));
  for (const sharing of byTail.values()) if (sharing.length > 1) for (const { itemId } of sharing) closed.delete(itemId);
  const clipsOf = (unit: PlannedUnit) => unit.items.filter((item) => item.role === 'clip');
  return planUnits(items, former).filter((unit) => unit.kind === 'recording' && clipsOf(unit).every((clip) => closed.has(clip.itemId)));
}

/** A clip by its item; its start as ms of the camera's clock. */
export function clipOf(item: UngroupedItem): Clip {
  const startMs = item.start ? Date.parse(`${item.start.local}Z`) : null;
  return { itemId: item.itemId, officer: item.officer, startMs, durationMs: item.durationMs, sequence: item.sequence };
}

/** The closed recording these clips would have joined had they been there: the one before them, else the one after. */
function goesOnFrom(clips: readonly Clip[], former: readonly FormerRecording[]): string | null {
  const [first, last] = [clips[0], clips.at(-1)];
  if (!first || !last) return null;
  const same = former.filter((one) => one.lastClip.officer === first.officer);
  const found = same.find((one) => follows(one.lastClip, first)) ?? same.find((one) => follows(last, one.firstClip));
  return found?.unitId ?? null;
}

/**
 * Sidecars by their clip, and what is neither clip nor sidecar. A sidecar has its clip's path but for the extension, or
 * at least everything below the first folder (`GPS/20260302/x.gps` beside `VIDEO/20260302/x.mp4`) when only one clip has.
 */
function matchSidecars(items: readonly UngroupedItem[], videos: readonly UngroupedItem[]) {
  const byStem = Map.groupBy(videos, stemOf);
  const byTail = Map.groupBy(videos, (video) => tailOf(stemOf(video)));
  const sidecars = new Map<string, UngroupedItem[]>();
  const rest: UngroupedItem[] = [];
  for (const item of items) {
    if (item.mediaKind === 'video') continue;
    const stem = stemOf(item);
    const clip = isSidecar(item) ? (only(byStem.get(stem)) ?? only(byTail.get(tailOf(stem)))) : null;
    if (!clip) rest.push(item);
    else if (sidecars.has(clip.itemId)) sidecars.get(clip.itemId)?.push(item);
    else sidecars.set(clip.itemId, [item]);
  }
  return { sidecars, rest: rest.sort(byPath) };
}

function only(items: readonly UngroupedItem[] | undefined): UngroupedItem | null {
  return items?.length === 1 ? (items[0] ?? null) : null;
}

function isLoose(item: UngroupedItem): boolean {
  return item.mediaKind === 'photo' || item.mediaKind === 'audio' || item.mediaKind === 'document';
}

function isSidecar(item: UngroupedItem): boolean {
  return item.mediaKind === 'track' || item.mediaKind === 'document' || item.mediaKind === 'log';
}

/** Path without its extension, in lower case as FAT compares names; items without a path never share one. */
function stemOf(item: UngroupedItem): string {
  return item.path === null ? `\0/${item.itemId}` : item.path.replace(/\.[^./]*$/, '').toLowerCase();
}

function tailOf(stem: string): string {
  return stem.slice(stem.indexOf('/') + 1);
}

function byPath(a: UngroupedItem, b: UngroupedItem): number {
  const [left, right] = [a.path ?? '', b.path ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.itemId < b.itemId ? -1 : Number(a.itemId > b.itemId);
}

const LEAD_ROLE = { recording: 'clip', loose: 'loose', docking: 'log' } as const;

function unit(
  kind: UnitClosed['kind'],
  lead: readonly UngroupedItem[],
  beside: readonly UngroupedItem[],
  durationMs: number | null,
  continues: string | null,
): PlannedUnit {
  const entry = (item: UngroupedItem, role: UnitClosed['items'][number]['role']) => ({
    itemId: item.itemId,
    role,
    damaged: item.damaged,
    durationMs: item.durationMs,
  });
  return {
    kind,
    items: [...lead.map((item) => entry(item, LEAD_ROLE[kind])), ...beside.map((item) => entry(item, 'sidecar'))],
    start: kind === 'docking' ? null : (lead[0]?.start ?? null),
    durationMs,
    continues,
    officer: kind === 'docking' ? onlyOfficer(lead) : (lead[0]?.officer ?? null),
    dockings: [...new Set([...lead, ...beside].map((item) => item.dockingId))],
  };
}

/** The officer of all items, when it is one. */
function onlyOfficer(items: readonly UngroupedItem[]): string | null {
  const officers = new Set(items.map((item) => item.officer));
  return officers.size === 1 ? (items[0]?.officer ?? null) : null;
}
