import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { Chips } from '../../ui/Chips.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { ErrorPanel, useFailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

const FAILED = 'failed';

/** What waits to be archived, failures first. */
export function Queue() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useQuery(api.archive.queue.queryOptions());
  const [filter, setFilter] = useState<string | null>(null);
  const failures = data?.filter((row) => row.failure !== null).length ?? 0;
  const rows = data?.filter((row) => filter !== FAILED || row.failure !== null) ?? [];
  return (
    <section className={css.section} data-noprint aria-labelledby="queue">
      <div className={css.bar}>
        <h2 id="queue">{t('queue')}</h2>
        {failures > 0 && (
          <Chips label={t('filter')} chips={[{ id: FAILED, label: t('onlyFailures'), count: failures }]} chosen={filter} onChoose={setFilter} />
        )}
        {(data?.length ?? 0) > 0 && <ForwardNow />}
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Skeleton active />}
      {data?.length === 0 && <p className={css.calm}>{t('nothingWaits')}</p>}
      {rows.length > 0 && <QueueTable rows={rows} />}
    </section>
  );
}

function QueueTable({ rows }: { rows: QueueRow[] }) {
  const { t } = useTranslation('archive');
  const textOf = useFailureText();
  return (
    <DataTable
      label={t('queue')}
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
        { id: 'reason', title: t('reason'), cell: ({ failure }) => (failure === null ? t('justWaiting') : <Reason {...textOf(failure)} />) },
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

function ForwardNow() {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const forward = useMutation(api.archive.forward.mutationOptions());
  if (!allowed) return null;
  const { data, error, isPending } = forward;
  const run = () => forward.mutate({ to: null }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.archive.key() }) });
  const sum = (key: 'forwarded' | 'waiting') => (data?.ok ? data.value.reduce((total, one) => total + one[key], 0) : 0);
  return (
    <>
      <Button type="primary" loading={isPending} onClick={run}>
        {t('retryNow')}
      </Button>
      <span role="status">{data?.ok && !isPending && t('forwarded', { forwarded: sum('forwarded'), waiting: sum('waiting') })}</span>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </>
  );
}
