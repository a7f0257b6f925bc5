import type { CaseName } from '../../contract/web/base.ts';
import type { RecordingRow } from '../../contract/web/recordings.ts';
import type { CatalogueRow } from '../../evidence/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import type { Names } from './names.ts';

/** A camera's serial by any of its ids: that of the one it was merged into. */
export function serialOf(ledger: Ledger, cameraId: string): string {
  return (
    sql<{ serial: string }>(ledger.reader, 'SELECT serial FROM cameras WHERE camera_id = (SELECT same_as FROM cameras WHERE camera_id = ?)').get(
      cameraId,
    )?.serial ?? ''
  );
}

/** Rows of the catalogue with the names of what they speak of; each name is looked up once a page. */
export function recordingRows(ledger: Ledger, names: Names, rows: readonly CatalogueRow[]): RecordingRow[] {
  const serial = remembered((id) => serialOf(ledger, id));
  const person = remembered(names.person);
  const caseName = remembered(names.caseName);
  const orNull = <T>(look: (id: string) => T, id: string | null) => (id === null ? null : look(id));
  return rows.map((row) => ({
    id: row.unit_id,
    kind: row.kind,
    camera: { id: row.camera_id, serial: serial(row.camera_id) },
    officer: orNull(person, row.officer_id),
    startLocal: row.start_local,
    durationMs: row.duration_ms,
    sizeBytes: row.size_bytes,
    items: row.items,
    clips: row.clips,
    damaged: row.damaged,
    important: row.important === 1,
    case: orNull(caseName, row.case_id),
    stage: row.stage as RecordingRow['stage'],
    suggested: row.case_id === null ? orNull<CaseName>(caseName, row.suggested_case_id) : null,
    deadline: row.deadline as RecordingRow['deadline'],
    archived: row.receipts > 0,
    posterItem: row.poster_item,
    storedAt: row.closed_at,
  }));
}

function remembered<T>(look: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>();
  return (id) => {
    const found = known.get(id) ?? look(id);
    known.set(id, found);
    return found;
  };
}
