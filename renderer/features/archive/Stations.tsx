import { WarningOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Radio, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ArchiveStation } from '../../../main/contract/api/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { Bytes, TimeText } from '../../ui/text.tsx';
import css from './archive.module.css';
import { useDestinations } from './use-destinations.ts';

/** Every station that archives to the same place, from that place alone: nobody asks the stations. */
export function Stations() {
  const { t } = useTranslation('archive');
  const { data: destinations } = useDestinations();
  const [chosen, setChosen] = useState<string | null>(null);
  const names = destinations?.map(({ name }) => name) ?? [];
  const name = chosen ?? names.at(-1) ?? null;
  if (name === null) return null;
  return (
    <section className={css.section} aria-labelledby="stations">
      <div className={css.bar}>
        <h2 id="stations">{t('stations')}</h2>
        {names.length > 1 && (
          <Radio.Group
            aria-label={t('stationsOf')}
            optionType="button"
            value={name}
            options={names.map((one) => ({ value: one, label: one }))}
            onChange={(event) => setChosen(String(event.target.value))}
          />
        )}
      </div>
      <StationsOf key={name} name={name} />
    </section>
  );
}

function StationsOf({ name }: { name: string }) {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useQuery(api.archive.stations.queryOptions({ input: { name } }));
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton active />;
  if (data.ok) return <StationTable rows={data.value} />;
  return data.failure.code === 'archive.no-catalogue' ? <p className={css.calm}>{t('noStations')}</p> : <FailureAlert failure={data.failure} />;
}

function StationTable({ rows }: { rows: readonly ArchiveStation[] }) {
  const { t } = useTranslation('archive');
  return (
    <DataTable
      label={t('stationRows')}
      rows={rows}
      keyOf={(row) => row.stationId}
      columns={[
        { id: 'station', title: t('station'), nowrap: true, cell: ({ code, stationId }) => <span title={stationId}>{code ?? stationId}</span> },
        { id: 'seen', title: t('lastSeen'), nowrap: true, cell: (row) => <TimeText at={row.lastSeenAt} as="minute" /> },
        { id: 'items', title: t('originals'), number: true, cell: (row) => row.items ?? '—' },
        { id: 'bytes', title: t('size'), number: true, nowrap: true, cell: (row) => <Bytes bytes={row.bytes} /> },
        { id: 'waiting', title: t('waiting'), cell: (row) => <Backlog row={row} /> },
        { id: 'late', title: t('late'), number: true, cell: (row) => row.late ?? '—' },
        { id: 'state', title: t('stationState'), cell: (row) => <State row={row} /> },
      ]}
    />
  );
}

function Backlog({ row: { waiting, waitingSince } }: { row: ArchiveStation }) {
  const { t } = useTranslation('archive');
  if (waiting === null || waiting === 0) return waiting ?? '—';
  return (
    <>
      {waiting} · {t('since')} <TimeText at={waitingSince} as="minute" />
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
