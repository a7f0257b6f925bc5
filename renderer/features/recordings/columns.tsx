import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { RecordingRow, RecordingSort } from '../../../main/contract/web/recordings.ts';
import { Bytes, Duration, TimeText } from '../../ui/text.tsx';
import { DeadlineMark, StateMarks } from './marks.tsx';
import { personText } from './words.ts';

type Column = { width: string; show: (row: RecordingRow, t: TFunction<'recordings'>) => ReactNode };

/** What the list can show, in order; the first is always there. */
export const COLUMNS = {
  start: { width: '176px', show: (row) => <TimeText at={row.startLocal} /> },
  officer: { width: 'minmax(128px, 1fr)', show: (row, t) => personText(row.officer) ?? t('noOfficer') },
  camera: { width: 'minmax(88px, 0.8fr)', show: (row) => row.camera.serial },
  kind: { width: '104px', show: (row, t) => t(`kind.${row.kind}`) },
  duration: { width: '88px', show: (row) => <Duration ms={row.durationMs} /> },
  size: { width: '88px', show: (row) => <Bytes bytes={row.sizeBytes} /> },
  case: { width: 'minmax(112px, 1.6fr)', show: (row, t) => caseCell(row, t) },
  stage: { width: '88px', show: (row, t) => (row.stage === null ? '—' : t(`stage.${row.stage}`)) },
  deadline: { width: '132px', show: (row) => <DeadlineMark deadline={row.deadline} /> },
  state: { width: 'minmax(170px, 1.4fr)', show: (row) => <StateMarks row={row} /> },
} as const satisfies Record<string, Column>;
export type ColumnName = keyof typeof COLUMNS;

/** What the list can be put in order by: largest first at the first touch, the other way round at the next. */
const ORDERS: Partial<Record<ColumnName, { descending: RecordingSort; ascending: RecordingSort }>> = {
  start: { descending: 'newest', ascending: 'oldest' },
  duration: { descending: 'longest', ascending: 'shortest' },
  size: { descending: 'largest', ascending: 'smallest' },
};

/** How the list is in order by a column (null: by another), and what a touch of its head asks for; null where the list cannot be. */
export function orderOf(name: ColumnName, sort: RecordingSort): { order: 'ascending' | 'descending' | null; next: RecordingSort } | null {
  const ways = ORDERS[name];
  if (ways === undefined) return null;
  const order = sort === ways.descending ? 'descending' : sort === ways.ascending ? 'ascending' : null;
  return { order, next: order === 'descending' ? ways.ascending : ways.descending };
}

export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
const STORED = 'evidock.recordings.columns';

function caseCell(row: RecordingRow, t: TFunction<'recordings'>): ReactNode {
  if (row.case !== null) return row.case.number ?? t('erased');
  return row.suggested === null ? '—' : t('maybe', { number: row.suggested.number ?? t('erased') });
}

/** The columns chosen on this screen before; without a choice, what fits. */
export function storedColumns(): ColumnName[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null');
    if (Array.isArray(stored)) return COLUMN_NAMES.filter((name) => name === 'start' || stored.includes(name));
  } catch {
    // What was stored is no list: as if nothing were.
  }
  return COLUMN_NAMES.filter((name) => name !== 'stage' && name !== 'size');
}

/** The chosen columns, and the one that the list is in order by. */
export function columnsWith(chosen: readonly ColumnName[], sort: RecordingSort): ColumnName[] {
  return COLUMN_NAMES.filter((name) => chosen.includes(name) || (orderOf(name, sort)?.order ?? null) !== null);
}

export function storeColumns(columns: readonly ColumnName[]): void {
  localStorage.setItem(STORED, JSON.stringify(columns));
}
