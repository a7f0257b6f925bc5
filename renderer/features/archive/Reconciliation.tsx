import { useQuery } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Running, useLongRun } from '../../ui/long-run.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { ReconcileResult } from './ReconcileResult.tsx';

/** Compares vault and archive byte by byte, and says in one sentence what came of it. */
export function Reconciliation() {
  const { t } = useTranslation('archive');
  const { data: destinations } = useQuery(api.archive.destinations.queryOptions());
  const allowed = useCan('archive.run');
  const { start, last } = useLongRun(api.archive.reconcile.mutationOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const to = chosen ?? last?.input.to ?? destinations?.at(-1)?.name ?? null;
  const running = last?.state === 'running';
  if (!destinations || destinations.length === 0) return null;
  return (
    <section className={css.section} aria-labelledby="reconciliation">
      <div className={css.bar}>
        <h2 id="reconciliation">{t('reconciliation')}</h2>
        {allowed && (
          <div className={css.bar} data-noprint>
            <Radio.Group
              aria-label={t('destination')}
              optionType="button"
              value={to}
              disabled={running}
              options={destinations.map(({ name }) => ({ value: name, label: name }))}
              onChange={(event) => setChosen(String(event.target.value))}
            />
            <Button type="primary" disabled={to === null || running} onClick={() => to !== null && start({ to })}>
              {t('reconcile')}
            </Button>
          </div>
        )}
      </div>
      {last === null && <p className={css.calm}>{t(allowed ? 'reconcileHint' : 'reconcileNotAllowed')}</p>}
      {running && <Running label={t('reconciling', { name: last.input.to })} hint={t('mayLeave')} startedAt={last.startedAt} />}
      {last?.failure && <FailureAlert failure={last.failure} />}
      {last?.output?.ok === false && <FailureAlert failure={last.output.failure} />}
      {last?.output?.ok && <ReconcileResult report={last.output.value} startedAt={last.startedAt} />}
    </section>
  );
}
