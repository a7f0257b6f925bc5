import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Radio } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReconciliationRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Running, useLongRun } from '../../ui/long-run.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { addressOf, readAddress, type Shown } from './differences.pure.ts';
import { ReconcileResult } from './ReconcileResult.tsx';

/** Compares vault and archive byte by byte; every result stays on the ledger and can be looked at again. */
export function Reconciliation() {
  const { t } = useTranslation('archive');
  const { data: runs, error, refetch } = useQuery(api.archive.reconciliations.queryOptions());
  const allowed = useCan('archive.run');
  const shown = readAddress(useSearch({ from: '/archive' }));
  const navigate = useNavigate();
  const show = (next: Shown) => void navigate({ to: '/archive', search: addressOf(next), replace: true });
  const run = runs?.find((one) => one.id === shown.run) ?? runs?.[0];
  return (
    <section className={css.section} aria-labelledby="reconciliation">
      <div className={css.bar}>
        <h2 id="reconciliation">{t('reconciliation')}</h2>
        {allowed && <Start onStart={() => show({ run: null, code: null, state: null, search: '' })} />}
        {runs && run && runs.length > 1 && (
          <Runs runs={runs} chosen={run.id} onChoose={(id) => show({ run: id, code: null, state: null, search: '' })} />
        )}
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {runs?.length === 0 && <p className={css.calm}>{t(allowed ? 'reconcileHint' : 'reconcileNotAllowed')}</p>}
      <LastRun />
      {run && <ReconcileResult key={run.id} id={run.id} shown={shown} onShow={(change) => show({ ...shown, ...change })} />}
    </section>
  );
}

function useReconcile() {
  return useLongRun(api.archive.reconcile.mutationOptions());
}

function Start({ onStart }: { onStart: () => void }) {
  const { t } = useTranslation('archive');
  const { data: destinations } = useQuery(api.archive.destinations.queryOptions());
  const { start, last } = useReconcile();
  const [chosen, setChosen] = useState<string | null>(null);
  const to = chosen ?? last?.input.to ?? destinations?.at(-1)?.name ?? null;
  const running = last?.state === 'running';
  if (!destinations || destinations.length === 0) return null;
  const run = () => {
    if (to === null) return;
    onStart();
    start({ to });
  };
  return (
    <div className={css.bar}>
      <Radio.Group
        aria-label={t('destination')}
        optionType="button"
        value={to}
        disabled={running}
        options={destinations.map(({ name }) => ({ value: name, label: name }))}
        onChange={(event) => setChosen(String(event.target.value))}
      />
      <Button type="primary" disabled={to === null || running} onClick={run}>
        {t('reconcile')}
      </Button>
    </div>
  );
}

/** The run that goes on, or why the last one of this window came to nothing; what came of it is on the ledger. */
function LastRun() {
  const { t } = useTranslation('archive');
  const { last } = useReconcile();
  if (last === null) return null;
  if (last.state === 'running') return <Running label={t('reconciling', { name: last.input.to })} hint={t('mayLeave')} startedAt={last.startedAt} />;
  return <FailureAlert failure={last.output?.ok === false ? last.output.failure : last.failure} />;
}

function Runs({ runs, chosen, onChoose }: { runs: readonly ReconciliationRow[]; chosen: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation('archive');
  return (
    <select className={css.control} aria-label={t('runs')} value={chosen} onChange={(event) => onChoose(event.target.value)}>
      {runs.map(({ id, at, destination, differences }) => (
        <option key={id} value={id}>
          {t('runNamed', { at: dayjs(at).format('YYYY-MM-DD HH:mm'), name: destination ?? '—', count: differences })}
        </option>
      ))}
    </select>
  );
}
