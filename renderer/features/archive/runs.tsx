import { useTranslation } from 'react-i18next';
import type { ArchiveReconciliationRow, ReconcileRun, ReconciliationRow } from '../../../main/contract/web/archive.ts';
import { isUnderWay, RunPanel } from '../../ui/long-run.tsx';
import { useTimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

type RunNowProps = {
  run: ReconcileRun | null | undefined;
  seenAt: number;
  /** When the newest result was recorded. */
  newest: string | null;
  label: string;
  cancel: (asked: { id: string }) => Promise<unknown>;
};

/** The run that goes on, or why the last one came to nothing, until a newer one has a result; that is on the ledger. */
export function RunNow({ run, seenAt, newest, label, cancel }: RunNowProps) {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  if (!run || (newest !== null && newest > run.startedAt && !isUnderWay(run))) return null;
  return (
    <RunPanel
      run={run}
      seenAt={seenAt}
      label={label}
      stopHint={t('stopReconcile')}
      outcome={null}
      onCancel={allowed ? () => cancel({ id: run.id }) : null}
    />
  );
}

type Recorded = ReconciliationRow | ArchiveReconciliationRow;

/** Which of the recorded results is looked at. */
export function Runs({ runs, chosen, onChoose }: { runs: readonly Recorded[]; chosen: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation('archive');
  const textOf = useTimeText();
  return (
    <select className={css.control} aria-label={t('runs')} value={chosen} onChange={(event) => onChoose(event.target.value)}>
      {runs.map(({ id, at, destination, differences }) => (
        <option key={id} value={id}>
          {t('runNamed', { at: textOf(at, 'minute'), name: destination ?? '—', count: differences })}
        </option>
      ))}
    </select>
  );
}
