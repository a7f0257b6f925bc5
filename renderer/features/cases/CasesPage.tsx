import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CaseSort } from '../../../main/contract/web/cases.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { SearchBox } from '../../ui/SearchBox.tsx';
import { useCan } from '../session/index.ts';
import { CaseTable, type Order } from './CaseTable.tsx';
import css from './cases.module.css';
import { ImportCases } from './ImportCases.tsx';
import { ACTIONS, type ActionName } from './words.ts';

type Filter = { search?: string | undefined; actionKind?: ActionName | undefined; incomplete?: true | undefined };
type Address = Filter & { sort?: CaseSort | undefined; descending?: false | undefined };

function readAddress(search: Record<string, unknown>): Address {
  const words = search['search'];
  return {
    search: typeof words === 'string' || typeof words === 'number' ? String(words).slice(0, 100) : undefined,
    actionKind: ACTIONS.find((one) => one === search['actionKind']),
    incomplete: search['incomplete'] === true ? true : undefined,
    sort: search['sort'] === 'recordings' ? 'recordings' : undefined,
    descending: search['descending'] === false ? false : undefined,
  };
}

/** All cases: found by number, title, kind of action or by what is missing; lists of them are taken in here. */
export function CasesPage() {
  const { t } = useTranslation('cases');
  const shown = readAddress(useSearch({ from: '/cases' }));
  const navigate = useNavigate();
  const mayImport = useCan('cases.import');
  const list = useInfiniteQuery(
    api.cases.list.infiniteOptions({
      input: (cursor: string | null) => ({ ...shown, cursor, limit: 100 }),
      initialPageParam: null,
      getNextPageParam: (last) => last.next,
      // Who puts the list in another order keeps the button that did it.
      placeholderData: keepPreviousData,
    }),
  );
  const put = (change: Address) => void navigate({ to: '/cases', search: { ...shown, ...change }, replace: true });
  const total = list.data?.pages[0]?.total ?? null;
  const rows = list.data?.pages.flatMap((page) => page.rows);
  const filtered = [shown.search, shown.actionKind, shown.incomplete].some((value) => value !== undefined);
  const order = { sort: shown.sort ?? 'start', descending: shown.descending ?? true };
  // What everybody gets anyway is not in the address.
  const putOrder = ({ sort, descending }: Order) =>
    put({ sort: sort === 'start' ? undefined : sort, descending: descending ? undefined : descending });
  const page = (
    <>
      <PageHeader title={t('title')} hint={total === null ? undefined : t('total', { count: total })} />
      <Filters shown={shown} put={put} />
      {rows === undefined && !list.error && <Loading place="below-title" />}
      {rows === undefined && list.error && <ErrorPanel failure={failureOf(list.error)} onRetry={() => void list.refetch()} />}
      {rows?.length === 0 && filtered && (
        <EmptyState
          title={t('noMatch')}
          action={<Button onClick={() => put({ search: undefined, actionKind: undefined, incomplete: undefined })}>{t('clearFilters')}</Button>}
        />
      )}
      {rows?.length === 0 && !filtered && (
        <EmptyState title={t('none')}>
          <p>{t(mayImport ? 'noneNext' : 'noneAsk')}</p>
        </EmptyState>
      )}
      {rows !== undefined && rows.length > 0 && (
        <CaseTable
          rows={rows}
          total={total}
          order={order}
          onOrder={putOrder}
          onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      )}
    </>
  );
  return <div className={css.page}>{mayImport ? <ImportCases>{page}</ImportCases> : page}</div>;
}

function Filters({ shown, put }: { shown: Address; put: (change: Address) => void }) {
  const { t } = useTranslation('cases');
  return (
    <search className={css.filters}>
      <SearchBox className={css.search} label={t('search')} value={shown.search ?? ''} onChange={(search) => put({ search })} />
      <select
        className={css.control}
        aria-label={t('kind')}
        data-on={shown.actionKind !== undefined}
        value={shown.actionKind ?? ''}
        onChange={(event) => put({ actionKind: ACTIONS.find((one) => one === event.target.value) })}
      >
        <option value="">{t('anyKind')}</option>
        {ACTIONS.map((one) => (
          <option key={one} value={one}>
            {t(`action.${one}`)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className={css.control}
        data-on={shown.incomplete === true}
        aria-pressed={shown.incomplete === true}
        onClick={() => put({ incomplete: shown.incomplete ? undefined : true })}
      >
        {t('incomplete')}
      </button>
    </search>
  );
}
