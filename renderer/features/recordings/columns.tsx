import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { Bytes, Duration, TimeText } from '../../ui/text.tsx';
import { DeadlineMark, StateMarks } from './marks.tsx';
import { personText } from './words.ts';

type Column = { width: string; show: (row: RecordingRow, t: TFunction<'recordings'>) => ReactNode };

/** What the list can show, in order; the first is always there. */
export const COLUMNS = {
  start: { width: '176px', show: (row) => <TimeText at={row.startLocal} /> },
  officer: { width: 'minmax(96px, 1fr)', show: (row, t) => personText(row.officer) ?? t('noOfficer') },
  camera: { width: 'minmax(88px, 0.8fr)', show: (row) => row.camera.serial },
  kind: { width: '104px', show: (row, t) => t(`kind.${row.kind}`) },
  duration: { width: '72px', show: (row) => <Duration ms={row.durationMs} /> },
  size: { width: '80px', show: (row) => <Bytes bytes={row.sizeBytes} /> },
  case: { width: 'minmax(136px, 1.6fr)', show: (row, t) => caseCell(row, t) },
  stage: { width: '88px', show: (row, t) => (row.stage === null ? '—' : t(`stage.${row.stage}`)) },
  deadline: { width: '132px', show: (row) => <DeadlineMark deadline={row.deadline} /> },
  state: { width: 'minmax(130px, 1.4fr)', show: (row) => <StateMarks row={row} /> },
} as const satisfies Record<string, Column>;
export type ColumnName = keyof typeof COLUMNS;

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

export function storeColumns(columns: readonly ColumnName[]): void {
  localStorage.setItem(STORED, JSON.stringify(columns));
}
