import { WarningOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ArchiveStation } from '../../../main/contract/api/archive.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import { api, failureOf } from '../../api/client.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { Bytes, TimeText } from '../../ui/text.tsx';
import { useSession } from '../session/index.ts';
import css from './archive.module.css';
import { useDestinations } from './use-destinations.ts';

/** What an archive holds of each station, and as of when: nobody asks the stations. */
export function Stations({ name }: { name: string }) {
  const { t } = useTranslation('archive');
  const { data, error, refetch, isFetching } = useQuery(api.archive.stations.queryOptions({ input: { name } }));
  return (
    <section className={css.section} aria-labelledby="stations">
      <div className={css.bar}>
        <h2 id="stations">{t('stations')}</h2>
        <Button loading={isFetching && data !== undefined} onClick={() => void refetch()}>
          {t('readAgain')}
        </Button>
      </div>
      {data?.ok && <p className={css.calm}>{t('stationsHint')}</p>}
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Loading />}
      {data?.ok && <StationTable rows={data.value} name={name} />}
      {data?.ok === false && <Nothing failure={data.failure} />}
    </section>
  );
}

function Nothing({ failure }: { failure: Failure }) {
  const { t } = useTranslation('archive');
  return failure.code === 'archive.no-catalogue' ? <p className={css.calm}>{t('noStations')}</p> : <FailureAlert failure={failure} />;
}

function StationTable({ rows, name }: { rows: readonly ArchiveStation[]; name: string }) {
  const { t } = useTranslation('archive');
  return (
    <DataTable
      label={t('stationRows')}
      rows={rows}
      keyOf={(row) => row.stationId}
      columns={[
        { id: 'station', title: t('station'), nowrap: true, cell: ({ code, stationId }) => <span title={stationId}>{code ?? stationId}</span> },
        { id: 'seen', title: t('asOf'), nowrap: true, cell: (row) => <TimeText at={row.lastSeenAt} /> },
        { id: 'items', title: t('originals'), number: true, cell: (row) => row.items ?? '—' },
        { id: 'bytes', title: t('size'), number: true, nowrap: true, cell: (row) => <Bytes bytes={row.bytes} /> },
        { id: 'waiting', title: t('waitedThen'), cell: (row) => <Backlog row={row} name={name} /> },
        { id: 'late', title: t('late'), number: true, cell: (row) => row.late ?? '—' },
        { id: 'state', title: t('stationState'), cell: (row) => <State row={row} /> },
      ]}
    />
  );
}

/** What waited when the station wrote its tables; of this station, which knows better, what waits now. */
function Backlog({ row: { code, waiting, waitingSince }, name }: { row: ArchiveStation; name: string }) {
  const { t } = useTranslation('archive');
  const { stationCode } = useSession();
  const { data } = useDestinations();
  const now = code !== null && code === stationCode ? data?.find((one) => one.name === name)?.waiting : undefined;
  return (
    <>
      {waiting ?? '—'}
      {waiting !== null && waiting > 0 && (
        <>
          {' '}
          · {t('since')} <TimeText at={waitingSince} as="minute" />
        </>
      )}
      {now !== undefined && now !== waiting && <strong> · {t('waitsNow', { now })}</strong>}
    </>
  );
}

/** What keeps a station's tables or ledger at the archive from being whole. */
function State({ row: { catalogue, ledgerMissing, ledgerTo } }: { row: ArchiveStation }) {
  const { t } = useTranslation('archive');
  const wrong = [
    catalogue === 'whole' ? null : t(`catalogues.${catalogue}`),
    ledgerTo === null ? t('noLedger') : null,
    ledgerMissing ? t('ledgerHole', { count: ledgerMissing }) : null,
  ].filter((one) => one !== null);
  if (wrong.length === 0) return t('catalogues.whole');
  return (
    <strong className={css.bad}>
      <WarningOutlined aria-hidden /> {wrong.join(' ')}
    </strong>
  );
}
