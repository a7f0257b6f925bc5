import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { isUnderWay } from '../../ui/long-run.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { addressOf, readAddress, type Shown } from './differences.pure.ts';
import { ReconcileResult } from './ReconcileResult.tsx';
import { RunNow, Runs } from './runs.tsx';

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
      <Now newest={runs?.[0]?.at ?? null} />
      {run && <ReconcileResult key={run.id} id={run.id} shown={shown} onShow={(change) => show({ ...shown, ...change })} />}
    </section>
  );
}

function Start({ onStart }: { onStart: () => void }) {
  const { t } = useTranslation('archive');
  const { data: destinations } = useQuery(api.archive.destinations.queryOptions());
  const { data: run } = useQuery(api.archive.reconcileRun.queryOptions());
  const { mutate, data, error } = useMutation(api.archive.reconcile.mutationOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const running = isUnderWay(run);
  const names = destinations?.map(({ name }) => name) ?? [];
  const to = chosen ?? names.find((name) => name === run?.what) ?? names.at(-1) ?? null;
  if (to === null) return null;
  const start = () => {
    onStart();
    mutate({ to }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.archive.reconcileRun.key() }) });
  };
  return (
    <div className={css.bar}>
      <Radio.Group
        aria-label={t('destination')}
        optionType="button"
        value={to}
        disabled={running}
        options={names.map((name) => ({ value: name, label: name }))}
        onChange={(event) => setChosen(String(event.target.value))}
      />
      <Button type="primary" disabled={running} onClick={start}>
        {t('reconcile')}
      </Button>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </div>
  );
}

function Now({ newest }: { newest: string | null }) {
  const { t } = useTranslation('archive');
  const { data: run, dataUpdatedAt } = useQuery(api.archive.reconcileRun.queryOptions());
  const { mutateAsync } = useMutation(api.archive.cancelReconcile.mutationOptions());
  return <RunNow run={run} seenAt={dataUpdatedAt} newest={newest} label={t('reconciling', { name: run?.what })} cancel={mutateAsync} />;
}
