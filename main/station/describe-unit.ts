import fs from 'node:fs';
import type { DescribedUnit } from '../archive/index.ts';
import type { Entry } from '../contract/entries/index.ts';
import { MARKS } from '../contract/notice.ts';
import { instantOfLocal, marksOf } from '../evidence/index.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { pointsIn } from '../media/index.ts';
import { sql } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';

/** A longer track is no track of a recording. */
const MAX_TRACK_BYTES = 16 * 1024 * 1024;

type Context = { ledger: Ledger; vault: Vault; stationId: string; stationCode: string };
type Start = Entry<'unit.closed'>['body']['start'];

/** What the station knows of a unit now. What a camera without a known zone tells of time is no instant, and stays unknown. */
export async function describeUnit({ ledger, vault, stationId, stationCode }: Context, unit: Entry<'unit.closed'>): Promise<DescribedUnit> {
  const { body, refs, subject } = unit;
  const items = new Map(
    body.items.map(({ itemId, durationMs }) => [itemId, spanOf(latestEntry(ledger.reader, 'item.stored', itemId)?.body.start, durationMs)]),
  );
  const { startMs, stopMs } = spanOf(body.start, body.durationMs);
  const officer = refs.find((ref) => ref.kind === 'person')?.id;
  return {
    unitId: subject.id,
    closedMs: Date.parse(unit.at),
    user: officer === undefined ? { id: stationId, name: stationCode, number: '' } : personOf(ledger, officer),
    device: deviceOf(ledger, vault, unit),
    stationCode,
    zone: body.start?.zone ?? null,
    startMs,
    stopMs,
    items,
    bookmarks: bookmarksOf(ledger, subject.id, items),
    trail: await trailOf(ledger, vault, body.items),
  };
}

function spanOf(start: Start | undefined, durationMs: number | null): { startMs: number | null; stopMs: number | null } {
  const instant = start ? instantOfLocal(start.local.slice(0, 19), start.zone) : null;
  if (instant === null || !('ms' in instant)) return { startMs: null, stopMs: null };
  return { startMs: instant.ms, stopMs: durationMs === null ? null : instant.ms + durationMs };
}

function personOf({ records }: Ledger, id: string): DescribedUnit['user'] {
  const record = records.get('person', id);
  const text = (field: string) => (typeof record?.[field] === 'string' ? record[field] : '');
  return { id, name: text('name') === '' ? text('number') : text('name'), number: text('number') };
}

/** By the register; of a camera that is not in it, by what it said of itself. */
function deviceOf(ledger: Ledger, vault: Vault, { subject, body, refs }: Entry<'unit.closed'>): DescribedUnit['device'] {
  const camera = refs.find((ref) => ref.kind === 'camera')?.id;
  const registered = sql<{ serial: string; profile: string }>(
    ledger.reader,
    'SELECT serial, profile FROM cameras WHERE camera_id = (SELECT same_as FROM cameras WHERE camera_id = ?)',
  ).get(camera);
  if (registered) return { serial: registered.serial, model: registered.profile };
  const sidecar = vault.readSidecar(body.items[0]?.itemId ?? '');
  return { serial: sidecar.ok ? sidecar.value.camera.serial : (camera ?? subject.id), model: null };
}

function bookmarksOf(ledger: Ledger, unitId: string, items: DescribedUnit['items']): DescribedUnit['bookmarks'] {
  return marksOf(ledger.reader, unitId).flatMap(({ mark_id: id, kind, item_id: itemId, offset_ms: offsetMs }) => {
    const startMs = items.get(itemId)?.startMs ?? null;
    if (startMs === null) return [];
    const words = ledger.records.get('mark', id)?.['words'];
    return [{ id, atMs: startMs + offsetMs, categoryId: kind, categoryName: MARKS[kind].zh, words: typeof words === 'string' ? words : '' }];
  });
}

async function trailOf(ledger: Ledger, vault: Vault, items: Entry<'unit.closed'>['body']['items']): Promise<DescribedUnit['trail']> {
  const points: DescribedUnit['trail'][number][] = [];
  for (const { itemId, role } of items) {
    const stored = role === 'sidecar' ? latestEntry(ledger.reader, 'item.stored', itemId)?.body : undefined;
    if (stored?.mediaKind !== 'track' || stored.sizeBytes > MAX_TRACK_BYTES) continue;
    const file = vault.originalPath(itemId);
    // A track that cannot be read fails the unit by itself: it is one of its originals.
    if (file.ok) points.push(...pointsIn(await fs.promises.readFile(file.value, 'latin1').catch(() => '')));
  }
  return points.sort((one, other) => one.atMs - other.atMs);
}
