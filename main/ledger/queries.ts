import type { Entry, EntryType } from '../contract/entries/index.ts';
import type { SubjectKind } from '../contract/values.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, type SealedBytes } from './canonical.ts';

/** The newest entry of a type about a subject, or null. */
export function latestEntry<T extends EntryType>(reader: Db, type: T, subjectId: string): Entry<T> | null {
  const row = sql<SealedBytes>(reader, 'SELECT canonical, hash FROM entries WHERE type = ? AND subject_id = ? ORDER BY seq DESC LIMIT 1').get(
    type,
    subjectId,
  );
  return row ? (frameOf(row) as Entry<T>) : null;
}

/** Every entry about a thing or naming it in its refs, in order. */
export function entriesAbout(reader: Db, kind: SubjectKind, id: string): Entry[] {
  return sql<SealedBytes>(
    reader,
    `SELECT canonical, hash FROM entries WHERE seq IN (
       SELECT seq FROM entries WHERE subject_kind = ? AND subject_id = ?
       UNION SELECT seq FROM entry_refs WHERE kind = ? AND id = ?) ORDER BY seq`,
  )
    .all(kind, id, kind, id)
    .map((row) => frameOf(row) as Entry);
}

/** Every entry of a type, in order. */
export function entriesOfType<T extends EntryType>(reader: Db, type: T): Entry<T>[] {
  return sql<SealedBytes>(reader, 'SELECT canonical, hash FROM entries WHERE type = ? ORDER BY seq')
    .all(type)
    .map((row) => frameOf(row) as Entry<T>);
}

/** Every entry of a type that names a camera in its refs, in order. */
export function entriesOfCamera<T extends EntryType>(reader: Db, type: T, cameraId: string): Entry<T>[] {
  return sql<SealedBytes>(
    reader,
    `SELECT canonical, hash FROM entries WHERE type = ? AND seq IN (
       SELECT seq FROM entry_refs WHERE kind = 'camera' AND id = ?) ORDER BY seq`,
  )
    .all(type, cameraId)
    .map((row) => frameOf(row) as Entry<T>);
}

/** Which of the lives of this ledger is the present one: 1 until it was continued under another key. */
export function epochOf(reader: Db): number {
  const row = sql<SealedBytes>(reader, "SELECT canonical, hash FROM entries WHERE type = 'ledger.continued' ORDER BY seq DESC LIMIT 1").get();
  return row ? (frameOf(row) as Entry<'ledger.continued'>).body.epoch : 1;
}
