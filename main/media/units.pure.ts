import type { UnitClosed } from '../contract/entries/media.ts';
import type { MediaKind } from '../contract/values.ts';
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

export type FormerRecording = { unitId: string; lastClip: Clip };
export type PlannedUnit = UnitClosed & { officer: string | null; dockings: string[] };

/**
 * Puts items of one camera into units so that each is in exactly one: clips with their sidecars into recordings, photos,
 * voice notes and documents each by itself, everything else into one unit per docking.
 */
export function planUnits(items: readonly UngroupedItem[], former: readonly FormerRecording[]): PlannedUnit[] {
  const byId = new Map(items.map((item) => [item.itemId, item]));
  const sidecars = new Map<string, UngroupedItem[]>();
  const rest: UngroupedItem[] = [];
  const stems = new Map(items.filter((item) => item.mediaKind === 'video').map((item) => [stemOf(item), item.itemId]));
  for (const item of items) {
    if (item.mediaKind === 'video') continue;
    const clip = isSidecar(item) ? stems.get(stemOf(item)) : undefined;
    if (clip) sidecars.set(clip, [...(sidecars.get(clip) ?? []), item]);
    else rest.push(item);
  }
  const recordings = groupClips(items.filter((item) => item.mediaKind === 'video').map(clipOf)).map((group) => {
    const clips = group.clips.map((clip) => byId.get(clip.itemId) as UngroupedItem);
    const beside = clips.flatMap((clip) => sidecars.get(clip.itemId) ?? []);
    const continues = former.find((one) => one.lastClip.officer === group.clips[0]?.officer && follows(one.lastClip, group.clips[0] as Clip));
    return unit('recording', clips, beside, group.durationMs, continues?.unitId ?? null);
  });
  const loose = rest.filter(isLoose).map((item) => unit('loose', [item], [], item.durationMs, null));
  const dockings = Map.groupBy(
    rest.filter((item) => !isLoose(item)),
    (item) => item.dockingId,
  );
  return [...recordings, ...loose, ...[...dockings.values()].map((logs) => unit('docking', logs, [], null, null))];
}

/** A clip by its item; its start as ms of the camera's clock. */
export function clipOf(item: UngroupedItem): Clip {
  const startMs = item.start ? Date.parse(`${item.start.local}Z`) : null;
  return { itemId: item.itemId, officer: item.officer, startMs, durationMs: item.durationMs, sequence: item.sequence };
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
    officer: lead[0]?.officer ?? null,
    dockings: [...new Set([...lead, ...beside].map((item) => item.dockingId))],
  };
}

function isLoose(item: UngroupedItem): boolean {
  return item.mediaKind === 'photo' || item.mediaKind === 'audio' || item.mediaKind === 'document';
}

function isSidecar(item: UngroupedItem): boolean {
  return item.mediaKind === 'track' || item.mediaKind === 'document' || item.mediaKind === 'log';
}

/** Path without its extension; items without a path never share one. */
function stemOf(item: UngroupedItem): string {
  return item.path === null ? `\0${item.itemId}` : item.path.replace(/\.[^./]*$/, '');
}
