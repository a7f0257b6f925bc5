import { ExclamationCircleOutlined, QuestionCircleOutlined, SafetyOutlined, StarOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import css from './marks.module.css';

/** Whether it was stored in time: a sign and a word; a dash while that has not been settled. */
export function DeadlineMark({ deadline }: { deadline: RecordingRow['deadline'] }) {
  const { t } = useTranslation('recordings');
  if (deadline === null) return <span>—</span>;
  const Icon = { 'on-time': SafetyOutlined, late: WarningOutlined, undetermined: QuestionCircleOutlined }[deadline];
  return (
    <span className={css.mark} data-tone={{ 'on-time': 'good', late: 'bad', undetermined: 'unsure' }[deadline]}>
      <Icon aria-hidden />
      {t(`deadline.${deadline}`)}
    </span>
  );
}

/** What a person must notice about a recording: damage, importance, not archived yet. */
export function StateMarks({ row }: { row: RecordingRow }) {
  const { t } = useTranslation('recordings');
  return (
    <span className={css.marks}>
      {row.damaged > 0 && (
        <span className={css.mark} data-tone="bad">
          <ExclamationCircleOutlined aria-hidden />
          {t('damagedOf', { count: row.damaged })}
        </span>
      )}
      {row.important && (
        <span className={css.mark} data-tone="unsure">
          <StarOutlined aria-hidden />
          {t('important')}
        </span>
      )}
      <span className={css.mark} data-tone={row.archived ? 'good' : 'quiet'}>
        {t(row.archived ? 'archived' : 'notArchived')}
      </span>
    </span>
  );
}
