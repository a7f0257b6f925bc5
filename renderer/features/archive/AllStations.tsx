import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { isUnderWay } from '../../ui/long-run.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { AllStationsResult } from './AllStationsResult.tsx';
import css from './archive.module.css';
import { addressOf, readAddressOfAll, type ShownOfAll } from './differences.pure.ts';
import { RunNow, Runs } from './runs.tsx';
import { Stations } from './Stations.tsx';
import { useDestinations } from './use-destinations.ts';

const NOTHING_LEFT_OUT: ShownOfAll = { run: null, class: null, station: null, search: '' };

/** Every station that archives to the same place, from that place alone: what it holds of each, and all of them compared with it. */
export function AllStations() {
  const { t } = useTranslation('archive');
  const { data: destinations } = useDestinations();
  const [chosen, setChosen] = useState<string | null>(null);
  const names = destinations?.map(({ name }) => name) ?? [];
  const name = chosen ?? names.at(-1) ?? null;
  if (destinations === undefined) return <Loading />;
  if (name === null) {
    return (
      <EmptyState title={t('noDestinations')}>
        <p>{t('noDestinationsNext')}</p>
      </EmptyState>
    );
  }
  return (
    <div className={css.page}>
      {names.length > 1 && (
        <Radio.Group
          aria-label={t('stationsOf')}
          optionType="button"
          value={name}
          options={names.map((one) => ({ value: one, label: one }))}
          onChange={(event) => setChosen(String(event.target.value))}
        />
      )}
      <Stations key={name} name={name} />
      <Compared name={name} />
    </div>
  );
}

/** All stations compared with what the archive holds; every result stays on the ledger and can be looked at again. */
function Compared({ name }: { name: string }) {
  const { t } = useTranslation('archive');
  const { data: runs, error, refetch } = useQuery(api.archive.archiveReconciliations.queryOptions());
  const allowed = useCan('archive.run');
  const shown = readAddressOfAll(useSearch({ from: '/archive' }));
  const navigate = useNavigate();
  const show = (next: ShownOfAll) => void navigate({ to: '/archive', search: addressOf(next), hash: 'all', replace: true });
  const run = runs?.find((one) => one.id === shown.run) ?? runs?.[0];
  return (
    <section className={css.section} aria-labelledby="all-stations">
      <div className={css.bar}>
        <h2 id="all-stations">{t('all.title')}</h2>
        {allowed && <Start name={name} onStart={() => show(NOTHING_LEFT_OUT)} />}
        {runs && run && runs.length > 1 && <Runs runs={runs} chosen={run.id} onChoose={(id) => show({ ...NOTHING_LEFT_OUT, run: id })} />}
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {runs?.length === 0 && <p className={css.calm}>{t(allowed ? 'all.hint' : 'reconcileNotAllowed')}</p>}
      <Now newest={runs?.[0]?.at ?? null} />
      {run && <AllStationsResult key={run.id} id={run.id} shown={shown} onShow={(change) => show({ ...shown, ...change })} />}
    </section>
  );
}

function Start({ name, onStart }: { name: string; onStart: () => void }) {
  const { t } = useTranslation('archive');
  const { data: run } = useQuery(api.archive.reconcileAllRun.queryOptions());
  const { mutate, data, error } = useMutation(api.archive.reconcileAll.mutationOptions());
  const start = () => {
    onStart();
    mutate({ to: name }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.archive.reconcileAllRun.key() }) });
  };
  return (
    <div className={css.bar}>
      <Button type="primary" disabled={isUnderWay(run)} onClick={start}>
        {t('all.start', { name })}
      </Button>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </div>
  );
}

function Now({ newest }: { newest: string | null }) {
  const { t } = useTranslation('archive');
  const { data: run, dataUpdatedAt } = useQuery(api.archive.reconcileAllRun.queryOptions());
  const { mutateAsync } = useMutation(api.archive.cancelReconcileAll.mutationOptions());
  return <RunNow run={run} seenAt={dataUpdatedAt} newest={newest} label={t('all.running', { name: run?.what })} cancel={mutateAsync} />;
}
