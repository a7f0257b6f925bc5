import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { Chips } from '../../ui/Chips.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel, useFailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import css from './archive.module.css';
import { ForwardButton } from './ForwardButton.tsx';
import { ForwardRun } from './ForwardRun.tsx';
import { useDestinations } from './use-destinations.ts';

const FAILED = 'failed';

/** What waits to be archived, failures first. */
export function Queue() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useQuery(api.archive.queue.queryOptions());
  const [filter, setFilter] = useState<string | null>(null);
  const failures = data?.filter((row) => row.failure !== null).length ?? 0;
  const rows = data?.filter((row) => filter !== FAILED || row.failure !== null) ?? [];
  return (
    <section className={css.section} aria-labelledby="queue">
      <div className={css.bar}>
        <h2 id="queue">{t('queue')}</h2>
        {failures > 0 && (
          <Chips label={t('filter')} chips={[{ id: FAILED, label: t('onlyFailures'), count: failures }]} chosen={filter} onChoose={setFilter} />
        )}
        {(data?.length ?? 0) > 0 && <ForwardButton primary label={t('retryNow')} to={null} />}
        {failures > 0 && <ForwardButton onlyFailed label={t('retryFailures')} to={null} />}
      </div>
      <ForwardRun />
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Loading />}
      {data?.length === 0 && <p className={css.calm}>{t('nothingWaits')}</p>}
      {rows.length > 0 && (
        <div className={css.queue}>
          <QueueTable rows={rows} />
        </div>
      )}
    </section>
  );
}

function QueueTable({ rows }: { rows: QueueRow[] }) {
  const { t } = useTranslation('archive');
  const textOf = useFailureText();
  return (
    <DataTable
      label={t('queueRows')}
      rows={rows}
      keyOf={(row) => `${row.destination} ${row.unitId}`}
      columns={[
        {
          id: 'recording',
          title: t('recording'),
          cell: ({ unitId, camera, startLocal }) => (
            <Link className={css.link} to="/recordings/$id" params={{ id: unitId }}>
              {camera} <TimeText at={startLocal} />
            </Link>
          ),
        },
        { id: 'destination', title: t('destination'), cell: (row) => row.destination },
        {
          id: 'reason',
          title: t('reason'),
          cell: ({ failure, destination, after }) =>
            failure === null ? <Waiting destination={destination} after={after} /> : <Reason {...textOf(failure)} />,
        },
      ]}
    />
  );
}

function Reason({ what, next }: { what: string; next: string }) {
  return (
    <>
      <strong className={css.bad}>{what}</strong> {next}
    </>
  );
}

function Waiting({ destination, after }: Pick<QueueRow, 'destination' | 'after'>) {
  const { t } = useTranslation('archive');
  const { data } = useDestinations();
  const found = data?.find((one) => one.name === destination);
  const until = found?.breaker.until ?? null;
  if (found?.schedule.paused) return <>{t('pausedThere')}</>;
  if (after !== null) return <>{t('afterThat', { name: after })}</>;
  if (found?.rateNow === 0) return <>{t('offHours')}</>;
  if (until === null) return <>{t('justWaiting')}</>;
  return (
    <>
      {t('waitsUntil')} <TimeText at={until} as="clock" />
    </>
  );
}
