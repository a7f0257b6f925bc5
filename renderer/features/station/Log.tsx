import { CloseCircleOutlined, InfoCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine } from '../../../main/contract/web/station.ts';
import { api, failureOf } from '../../api/client.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { SearchBox } from '../../ui/SearchBox.tsx';
import { TimeText } from '../../ui/text.tsx';
import css from './station.module.css';

const SIGNS = { info: InfoCircleOutlined, warn: WarningOutlined, error: CloseCircleOutlined };
const LIMIT = 200;

/** The station's log, newest first, as far back as it is kept; where the search ended is said below it. */
export function Log() {
  const { t } = useTranslation('station');
  const [search, setSearch] = useState('');
  const { data, error, refetch, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...api.station.logs.infiniteOptions({
      input: (cursor: string | undefined) => ({ search, limit: LIMIT, cursor }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.next,
    }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const lines = data?.pages.flatMap((page) => page.lines);
  return (
    <div className={css.column}>
      <div className={css.choices}>
        <SearchBox className={css.search} label={t('searchLog')} value={search} onChange={(words) => setSearch(words ?? '')} />
        <Button loading={isFetching && !isFetchingNextPage} onClick={() => void refetch()}>
          {t('readAgain')}
        </Button>
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {lines === undefined && !error && <Loading />}
      {lines?.length === 0 && (
        <EmptyState title={t(search === '' ? 'logEmpty' : 'logNothing')}>
          <p>{t(search === '' ? 'logEmptyNext' : 'logNothingNext')}</p>
        </EmptyState>
      )}
      {lines && lines.length > 0 && <LogTable lines={lines} />}
      {data && <End at={data.pages.at(-1)?.searchedTo ?? null} more={hasNextPage} />}
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('olderLines')}
        </Button>
      )}
    </div>
  );
}

/** How far back the log was searched, and whether that is as far as it goes. */
function End({ at, more }: { at: string | null; more: boolean }) {
  const { t } = useTranslation('station');
  if (at === null) return null;
  return (
    <p className={css.quiet} role="status">
      {t(more ? 'searchedTo' : 'searchedAll')} <TimeText at={at} />
    </p>
  );
}

function LogTable({ lines }: { lines: LogLine[] }) {
  const { t } = useTranslation('station');
  return (
    <DataTable
      label={t('tabs.log')}
      // Lines have no name of their own; the same second may hold the same words twice.
      rows={lines.map((line, n) => ({ ...line, n: lines.length - n }))}
      keyOf={({ at, n }) => `${at} ${n}`}
      columns={[
        { id: 'at', title: t('at'), nowrap: true, cell: ({ at }) => <TimeText at={at} /> },
        { id: 'level', title: t('level'), nowrap: true, cell: ({ level }) => <Level level={level} /> },
        { id: 'text', title: t('text'), cell: ({ text, detail }) => <Words text={text} detail={detail} /> },
      ]}
    />
  );
}

function Level({ level }: { level: LogLine['level'] }) {
  const { t } = useTranslation('station');
  const Sign = SIGNS[level];
  return (
    <span className={css.level} data-level={level}>
      <Sign aria-hidden /> {t(`levels.${level}`)}
    </span>
  );
}

function Words({ text, detail }: { text: string; detail: string }) {
  return (
    <>
      {text}
      {detail !== '' && <code className={css.detail}>{detail}</code>}
    </>
  );
}
