import { CloseCircleOutlined, InfoCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Input, Skeleton } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine } from '../../../main/contract/web/station.ts';
import { api, failureOf } from '../../api/client.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import css from './station.module.css';

const SIGNS = { info: InfoCircleOutlined, warn: WarningOutlined, error: CloseCircleOutlined };
const LIMIT = 200;

/** The station's log, newest first. */
export function Log() {
  const { t } = useTranslation('station');
  const [search, setSearch] = useState('');
  const input = { search: useDeferredValue(search).trim(), limit: LIMIT };
  const { data, error, refetch, isFetching } = useQuery({
    ...api.station.logs.queryOptions({ input }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return (
    <div className={css.column}>
      <div className={css.choices}>
        <Input.Search
          className={css.search ?? ''}
          aria-label={t('searchLog')}
          placeholder={t('searchLog')}
          maxLength={100}
          allowClear
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Button loading={isFetching} onClick={() => void refetch()}>
          {t('readAgain')}
        </Button>
        <span className={css.quiet}>{data?.length === LIMIT && t('newest', { count: LIMIT })}</span>
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Skeleton active />}
      {data?.length === 0 && (
        <EmptyState title={t(input.search === '' ? 'logEmpty' : 'logNothing')}>
          <p>{t(input.search === '' ? 'logEmptyNext' : 'logNothingNext')}</p>
        </EmptyState>
      )}
      {data && data.length > 0 && <LogTable lines={data} />}
    </div>
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
