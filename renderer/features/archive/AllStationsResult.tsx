import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ArchiveClass, ArchiveDifference } from '../../../main/contract/archive-difference.ts';
import { ACTIONS, ARCHIVE_CLASSES, CAUSES } from '../../../main/contract/archive-words.ts';
import type { ArchiveReport } from '../../../main/contract/web/archive.ts';
import { api, client, failureOf } from '../../api/client.ts';
import { Chips } from '../../ui/Chips.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { SearchBox } from '../../ui/SearchBox.tsx';
import { CopyText, TimeText } from '../../ui/text.tsx';
import { Verdict } from '../../ui/Verdict.tsx';
import css from './archive.module.css';
import type { ShownOfAll } from './differences.pure.ts';
import { Exports } from './Exports.tsx';

type Props = { id: string; shown: ShownOfAll; onShow: (change: Partial<ShownOfAll>) => void };

/** What came of comparing all stations: one sentence, the figures, the sheet to sign, and the differences a page at a time. */
export function AllStationsResult({ id, shown, onShow }: Props) {
  const { t } = useTranslation('archive');
  const filter = { class: shown.class ?? undefined, stationId: shown.station ?? undefined, search: shown.search };
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    api.archive.archiveReconciliation.infiniteOptions({
      input: (from: number) => ({ id, ...filter, from }),
      initialPageParam: 0,
      getNextPageParam: (last) => (last.ok ? last.value.next : null),
      placeholderData: keepPreviousData,
    }),
  );
  const refused = data?.pages.find((page) => !page.ok);
  if (error || refused) return <ErrorPanel failure={refused ? refused.failure : failureOf(error)} onRetry={() => void refetch()} />;
  const pages = data?.pages.flatMap((page) => (page.ok ? [page.value] : []));
  const report = pages?.[0];
  if (pages === undefined || report === undefined) return <Loading />;
  const rows = pages.flatMap((page) => page.rows);
  return (
    <div className={css.result} data-testid="all-stations-result">
      <Outcome report={report} />
      <About report={report} />
      <Exports ask={(request, how) => client.archive.exportArchive({ id, ...request }, how)} />
      {report.listed > 0 && <Filters report={report} shown={shown} onShow={onShow} />}
      {rows.length > 0 && <Differences report={report} rows={rows} />}
      {report.listed > 0 && rows.length === 0 && <p className={css.calm}>{t('nothingLeft')}</p>}
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('all.more', { shown: rows.length, of: report.matching })}
        </Button>
      )}
    </div>
  );
}

function differencesOf({ counts }: ArchiveReport): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Bytes that are not what was recorded outweigh everything. */
function Outcome({ report }: { report: ArchiveReport }) {
  const { t } = useTranslation('archive');
  const { counts, same, waiting } = report;
  const differences = differencesOf(report);
  const state = counts.differs > 0 ? 'mismatch' : differences > 0 ? 'differences' : waiting > 0 ? 'waiting' : 'same';
  return <Verdict bad={differences > 0} text={t(`all.verdict.${state}`, { differences, differs: counts.differs, same, waiting })} />;
}

function About({ report }: { report: ArchiveReport }) {
  const { t } = useTranslation('archive');
  const { destination, by, startedAt, station, stations, items, same, waiting, read, entry, resultSha256, listed } = report;
  return (
    <div className={css.about}>
      <p>{t('all.figures', { stations, items, same, waiting, read })}</p>
      <p>
        {t('about', { station: station.code, name: destination, by: by ?? t('erased') })} <TimeText at={startedAt} />
      </p>
      <p>
        {t('vouchedFor', { seq: entry })} <CopyText text={resultSha256} />
      </p>
      {listed < differencesOf(report) && <p>{t('all.cutShort', { listed })}</p>}
    </div>
  );
}

/** Codes of stations, as far as the archive tells them. */
function useStationCodes(destination: string): (stationId: string) => string {
  const { data } = useQuery(api.archive.stations.queryOptions({ input: { name: destination } }));
  const known = new Map(data?.ok ? data.value.map((one) => [one.stationId, one.code]) : []);
  return (stationId) => known.get(stationId) ?? stationId;
}

function Filters({ report: { counts, ofStations, destination }, shown, onShow }: { report: ArchiveReport } & Omit<Props, 'id'>) {
  const { t } = useTranslation('archive');
  const language = useLanguage();
  const codeOf = useStationCodes(destination);
  const classes = Object.entries(counts).filter(([, count]) => count > 0) as [ArchiveClass, number][];
  return (
    <search className={css.bar}>
      <SearchBox className={css.search} label={t('all.search')} value={shown.search} onChange={(search) => onShow({ search: search ?? '' })} />
      {ofStations.length > 1 && (
        <select
          className={css.control}
          aria-label={t('station')}
          data-on={shown.station !== null}
          value={shown.station ?? ''}
          onChange={(event) => onShow({ station: event.target.value === '' ? null : event.target.value })}
        >
          <option value="">{t('all.anyStation')}</option>
          {ofStations.map(({ stationId, differences }) => (
            <option key={stationId} value={stationId}>
              {t('all.stationWith', { station: codeOf(stationId), differences })}
            </option>
          ))}
        </select>
      )}
      <Chips
        label={t('class')}
        chips={classes.map(([id, count]) => ({ id, label: ARCHIVE_CLASSES[id][language], count }))}
        chosen={shown.class}
        onChoose={(id) => onShow({ class: classes.find(([one]) => one === id)?.[0] ?? null })}
      />
    </search>
  );
}

function Differences({ report, rows }: { report: ArchiveReport; rows: readonly ArchiveDifference[] }) {
  const { t } = useTranslation('archive');
  const language = useLanguage();
  const codeOf = useStationCodes(report.destination);
  return (
    <DataTable
      label={t('differences')}
      rows={rows.map((one, n) => ({ ...one, n }))}
      keyOf={({ n }) => String(n)}
      columns={[
        { id: 'difference', title: t('difference'), cell: (one) => <Finding difference={one} /> },
        { id: 'station', title: t('station'), nowrap: true, cell: ({ stationId }) => <span title={stationId}>{codeOf(stationId)}</span> },
        { id: 'about', title: t('all.about'), cell: (one) => <Subject difference={one} own={one.stationId === report.station.id} /> },
        { id: 'since', title: t('all.since'), nowrap: true, cell: ({ since }) => <TimeText at={since} as="minute" /> },
        { id: 'action', title: t('all.action'), cell: ({ action }) => ACTIONS[action][language] },
      ]}
    />
  );
}

function Finding({ difference }: { difference: ArchiveDifference }) {
  const { t } = useTranslation('archive');
  const language = useLanguage();
  const { cause, key, expected, found } = difference;
  return (
    <div className={css.finding}>
      <strong>
        {ARCHIVE_CLASSES[difference.class][language]} · {CAUSES[cause][language]}
      </strong>
      {key !== null && <p className={css.technical}>{key}</p>}
      {(expected !== null || found !== null) && (
        <p className={css.technical}>{t('all.expectedFound', { expected: expected ?? '—', found: found ?? '—' })}</p>
      )}
    </div>
  );
}

/** What it is about; a recording of this station is opened from here, others are known by their ids only. */
function Subject({ difference: { unitId, itemId, dockingId }, own }: { difference: ArchiveDifference; own: boolean }) {
  const { t } = useTranslation('archive');
  const id = itemId ?? dockingId ?? unitId;
  return (
    <div className={css.aboutFile}>
      {own && unitId !== null && (
        <Link className={css.link} to="/recordings/$id" params={{ id: unitId }} title={unitId}>
          {t('openRecording')}
        </Link>
      )}
      {id === null ? '—' : <CopyText text={id} shown={`…${id.slice(-12)}`} />}
    </div>
  );
}

function useLanguage(): 'zh' | 'en' {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh';
}
