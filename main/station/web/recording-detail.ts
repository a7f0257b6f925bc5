import { isFreed } from '../../archive/index.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { RecordingDetail, RecordingItem, RecordingMark } from '../../contract/web/recordings.ts';
import { catalogueRow, marksOf } from '../../evidence/index.ts';
import { type Ledger, latestEntry } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { recordingRows } from './recording-rows.ts';
import { suggestionsFor } from './suggestions.ts';
import type { WebContext } from './web-context.ts';

type UnitFacts = { start_zone: string | null; start_source: string | null; continues: string | null };

/** One unit with its files, its archives and the cases it may belong to. */
export async function detailOf(context: WebContext, unitId: string): Promise<Result<RecordingDetail>> {
  const { ledger } = context.station;
  const row = catalogueRow(ledger.reader, unitId);
  const [shown] = row ? recordingRows(ledger, context.names, [row]) : [];
  const unit = sql<UnitFacts>(ledger.reader, 'SELECT start_zone, start_source, continues FROM units WHERE unit_id = ?').get(unitId);
  if (!row || !shown || !unit) return failed('unit.unknown', unitId);
  const basis = sql<{ basis: string }>(ledger.reader, 'SELECT basis FROM deadlines WHERE unit_id = ?').get(unitId);
  return done({
    row: shown,
    items: itemsOf(ledger, unitId),
    zone: unit.start_zone,
    startSource: unit.start_source,
    deadlineBasis: basis?.basis ?? null,
    continues: unit.continues,
    dockingId: row.docking_id,
    archives: archivesOf(ledger, unitId),
    suggestions: (await suggestionsFor(context, [unitId], '')).flatMap((one) =>
      one.reason === 'search' ? [] : [{ case: one.case, reason: one.reason }],
    ),
    marks: marksShown(context, unitId),
    opened: context.session !== null && context.sessions.hasOpened(context.session, unitId),
  });
}

type ArchiveFacts = {
  destination: string;
  at: string;
  bag: string;
  until: string | null;
  legal_hold: number | null;
  enforced_until: string | null;
};

function archivesOf(ledger: Ledger, unitId: string): RecordingDetail['archives'] {
  return sql<ArchiveFacts>(
    ledger.reader,
    `SELECT d.name AS destination, r.at, r.bag, t.until, t.legal_hold, t.enforced_until FROM receipts r JOIN destinations d ON d.id = r.destination_id
     LEFT JOIN retentions t ON t.unit_id = r.unit_id AND t.destination_id = r.destination_id
     WHERE r.unit_id = ? AND EXISTS (SELECT 1 FROM unit_items u JOIN receipt_items i ON i.item_id = u.item_id AND i.destination_id = d.id
       WHERE u.unit_id = r.unit_id) ORDER BY r.seq`,
  )
    .all(unitId)
    .map(({ destination, at, bag, until, legal_hold, enforced_until }) => ({
      destination,
      at,
      bag,
      retention: until === null ? null : { until, legalHold: legal_hold === 1, enforcedUntil: enforced_until },
    }));
}

/** Marks in the order in which somebody who watches comes upon them. */
function marksShown({ station, names }: WebContext, unitId: string): RecordingMark[] {
  const { reader, records } = station.ledger;
  const order = sql<{ item_id: string }>(reader, 'SELECT item_id FROM unit_items WHERE unit_id = ? ORDER BY n')
    .all(unitId)
    .map((row) => row.item_id);
  return marksOf(reader, unitId)
    .sort((a, b) => order.indexOf(a.item_id) - order.indexOf(b.item_id) || a.offset_ms - b.offset_ms)
    .map((row) => {
      const words = records.get('mark', row.mark_id)?.['words'];
      return {
        id: row.mark_id,
        kind: row.kind,
        itemId: row.item_id,
        offsetMs: row.offset_ms,
        words: typeof words === 'string' ? words : null,
        by: names.person(row.person_id),
        at: row.at,
      };
    });
}

function itemsOf(ledger: Ledger, unitId: string): RecordingItem[] {
  return sql<{ item_id: string; role: RecordingItem['role']; damaged: number; duration_ms: number | null }>(
    ledger.reader,
    'SELECT item_id, role, damaged, duration_ms FROM unit_items WHERE unit_id = ? ORDER BY n',
  )
    .all(unitId)
    .map((row) => itemOf(ledger, row));
}

function itemOf(ledger: Ledger, row: { item_id: string; role: RecordingItem['role']; damaged: number; duration_ms: number | null }): RecordingItem {
  const id = row.item_id;
  const stored = latestEntry(ledger.reader, 'item.stored', id)?.body;
  if (!stored) throw new Error(`item ${id} is in a unit and not on the ledger`);
  const probed = latestEntry(ledger.reader, 'item.probed', id)?.body;
  const derived = sql<{ kind: string }>(ledger.reader, 'SELECT kind FROM derivatives WHERE item_id = ?')
    .all(id)
    .map((one) => one.kind);
  const freed = isFreed(ledger.reader, id);
  const path = ledger.records.get('item', id)?.['path'];
  return {
    id,
    role: row.role,
    mediaKind: stored.mediaKind,
    path: typeof path === 'string' ? path : null,
    sizeBytes: stored.sizeBytes,
    sha256: stored.sha256,
    sm3: stored.sm3,
    md5: stored.md5 ?? null,
    xxh64: stored.xxh64 ?? null,
    durationMs: row.duration_ms,
    damaged: row.damaged === 1,
    damage: probed?.damage ?? null,
    incomplete: incompleteOf(ledger, id, stored.holes ?? []),
    startLocal: stored.start?.local ?? null,
    container: probed?.container ?? null,
    streams: (probed?.streams ?? []).map(streamText),
    readBack: stored.readBack,
    hasPoster: derived.includes('poster'),
    playable: derived.includes('proxy') ? 'proxy' : probed?.browserPlayable && !freed ? 'original' : null,
    freed,
    clearedFromCamera: sql(ledger.reader, "SELECT 1 FROM clears WHERE item_id = ? AND state = 'done'").get(id) !== undefined,
  };
}

function incompleteOf(ledger: Ledger, id: string, holes: readonly { lengthBytes: number }[]): RecordingItem['incomplete'] {
  if (holes.length === 0) return null;
  const row = sql<{ missing_bytes: number; replaced_by: string | null }>(
    ledger.reader,
    'SELECT missing_bytes, replaced_by FROM items WHERE item_id = ?',
  ).get(id);
  if (!row) throw new Error(`item ${id} is on the ledger and not in its projection`);
  return { bytes: row.missing_bytes, places: holes.length, replacedBy: row.replaced_by };
}

type Stream = {
  kind: string;
  codec: string;
  width: number | null;
  height: number | null;
  frameRate: { numerator: number; denominator: number } | null;
  sampleRateHz: number | null;
  channels: number | null;
};

/** `h264 1920x1080 30 fps`, `aac 48 kHz 1 ch`. */
function streamText({ codec, width, height, frameRate, sampleRateHz, channels }: Stream): string {
  const size = width !== null && height !== null ? `${width}x${height}` : null;
  const rate = frameRate && frameRate.denominator > 0 ? `${Math.round((frameRate.numerator / frameRate.denominator) * 100) / 100} fps` : null;
  const sound = sampleRateHz === null ? null : `${sampleRateHz / 1000} kHz`;
  return [codec, size, rate, sound, channels === null ? null : `${channels} ch`].filter((part) => part !== null).join(' ');
}
