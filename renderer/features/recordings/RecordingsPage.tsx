import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingFilter } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { ColumnChoice } from './ColumnChoice.tsx';
import { columnsWith, storeColumns, storedColumns } from './columns.tsx';
import { DetailPanel } from './DetailPanel.tsx';
import { FilterBar } from './FilterBar.tsx';
import { readAddress, withoutAbsent } from './filters.pure.ts';
import { RecordingTable } from './RecordingTable.tsx';
import css from './recordings.module.css';
import { SavedViews } from './SavedViews.tsx';

/** How many recordings one call links at most. */
const MAX_SELECTED = 200;
const wide = window.matchMedia('(min-width: 1600px)');

function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      wide.addEventListener('change', changed);
      return () => wide.removeEventListener('change', changed);
    },
    () => wide.matches,
  );
}

/** All recordings: filtered, sorted, chosen for linking; one of them beside the list where there is room. */
export function RecordingsPage() {
  const { t } = useTranslation('recordings');
  const { filter, sort, selected } = readAddress(useSearch({ from: '/recordings' }));
  const navigate = useNavigate();
  const beside = useWide();
  const canLink = useCan('recordings.link');
  const [columns, setColumns] = useState(storedColumns);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useInfiniteQuery(
    api.recordings.list.infiniteOptions({
      input: (cursor: string | null) => ({ filter, sort, cursor, limit: 100 }),
      initialPageParam: null,
      getNextPageParam: (last) => last.next,
      // Who puts the list in another order keeps the head that did it.
      placeholderData: keepPreviousData,
    }),
  );
  const address = (change: Partial<{ filter: RecordingFilter; sort: string; selected: string | null }>) => {
    const next = { filter, sort, selected, ...change };
    const search = { ...next.filter, sort: next.sort === 'newest' ? undefined : next.sort, selected: next.selected ?? undefined };
    void navigate({ to: '/recordings', search: withoutAbsent(search), replace: true });
  };
  const open = (id: string) => (beside ? address({ selected: id }) : void navigate({ to: '/recordings/$id', params: { id } }));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < MAX_SELECTED) next.add(id);
    setChosen(next);
  };
  const total = list.data?.pages[0]?.total ?? null;
  const filtered = Object.keys(filter).length > 0;
  return (
    <div className={css.page}>
      <PageHeader title={t('title')} hint={total === null ? undefined : t('total', { count: total })}>
        {canLink && chosen.size > 0 && (
          <>
            <Button onClick={() => setChosen(new Set())}>{t('chooseNone')}</Button>
            <Button type="primary" onClick={() => void navigate({ to: '/link', search: { ids: [...chosen].join('.') } })}>
              {t('linkChosen', { count: chosen.size })}
            </Button>
          </>
        )}
        <SavedViews now={{ filter, sort }} onChoose={(view) => address({ filter: view.filter, sort: view.sort })} />
        <ColumnChoice
          chosen={columns}
          onChange={(next) => {
            storeColumns(next);
            setColumns(next);
          }}
        />
      </PageHeader>
      <FilterBar filter={filter} onFilter={(next) => address({ filter: next })} />
      <div className={css.split}>
        <List list={list} filtered={filtered} onClear={() => address({ filter: {} })}>
          {(rows) => (
            <RecordingTable
              rows={rows}
              total={total}
              columns={columnsWith(columns, sort)}
              sort={sort}
              onSort={(next) => address({ sort: next })}
              selected={beside ? selected : null}
              chosen={canLink ? chosen : null}
              onOpen={open}
              onToggle={toggle}
              onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
            />
          )}
        </List>
        {beside && selected !== null && (
          <DetailPanel id={selected} onClose={() => address({ selected: null })} onOnly={(only) => address({ filter: { ...filter, ...only } })} />
        )}
      </div>
    </div>
  );
}

type Rows = Parameters<typeof RecordingTable>[0]['rows'];
type ListQuery = {
  data: { pages: { rows: Rows }[] } | undefined;
  error: unknown;
  refetch: () => Promise<unknown>;
};

/** The list, or why there is none. */
function List({
  list,
  filtered,
  onClear,
  children,
}: {
  list: ListQuery;
  filtered: boolean;
  onClear: () => void;
  children: (rows: Rows) => React.ReactNode;
}) {
  const { t } = useTranslation('recordings');
  if (list.data === undefined) {
    return (
      <div className={css.instead}>
        {list.error ? <ErrorPanel failure={failureOf(list.error)} onRetry={() => void list.refetch()} /> : <Loading rows={8} />}
      </div>
    );
  }
  const rows = list.data.pages.flatMap((page) => [...page.rows]);
  if (rows.length > 0) return children(rows);
  return (
    <div className={css.instead}>
      {filtered ? (
        <EmptyState title={t('noMatch')} action={<Button onClick={onClear}>{t('clearFilters')}</Button>}>
          <p>{t('noMatchNext')}</p>
        </EmptyState>
      ) : (
        <EmptyState title={t('none')}>
          <p>{t('noneNext')}</p>
        </EmptyState>
      )}
    </div>
  );
}
