import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { Bytes, Duration } from '../../ui/text.tsx';
import { StateMarks } from './marks.tsx';
import { Poster } from './Poster.tsx';
import css from './recording-line.module.css';
import { personText, useRecordingWords } from './words.ts';

/** A recording in one line with its picture, linked to its page; `children` are what can be done with it. */
export function RecordingLine({ row, children }: { row: RecordingRow; children?: ReactNode }) {
  const { t } = useTranslation('recordings');
  const { nameOf, caseText } = useRecordingWords();
  return (
    <li className={css.line}>
      <div className={css.picture}>
        <Poster itemId={row.posterItem} kind={row.kind} />
      </div>
      <div className={css.words}>
        <Link to="/recordings/$id" params={{ id: row.id }} className={css.name}>
          {nameOf(row)}
        </Link>
        <p className={css.facts}>
          <span>{personText(row.officer) ?? t('nobody')}</span>
          <span>{t(`kind.${row.kind}`)}</span>
          <Duration ms={row.durationMs} />
          <Bytes bytes={row.sizeBytes} />
          <span>{row.case === null ? t('unlinked') : caseText(row.case) + (row.stage === null ? '' : ` · ${t(`stage.${row.stage}`)}`)}</span>
        </p>
        <StateMarks row={row} />
      </div>
      {children}
    </li>
  );
}
