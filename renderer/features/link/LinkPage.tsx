import { SearchOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseName } from '../../../main/contract/web/base.ts';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { RecordingLine, useRecordingWords } from '../recordings/index.ts';
import { useSession } from '../session/index.ts';
import css from './link.module.css';
import { UndoBanner } from './UndoBanner.tsx';
import { useLinking } from './use-linking.ts';

const STAGES = ['start', 'investigation', 'decision', 'service-and-execution'] as const;
type Target = { case: CaseName; stage: RecordingRow['stage'] };

/** Links recordings to a case and a stage: those of a docking, those chosen in a list, or whoever is signed in's own unlinked ones. */
export function LinkPage() {
  const { t } = useTranslation('link');
  const { rows, error, retry } = useRecordings();
  // Held here: what has been linked may leave the list, and the way back must stay.
  const linking = useLinking();
  if (rows === null) {
    return (
      <>
        <PageHeader title={t('title')} />
        {error ? <ErrorPanel failure={failureOf(error)} onRetry={retry} /> : <Loading place="below-title" />}
      </>
    );
  }
  if (rows.length > 0) return <Linking key={rows.map((row) => row.id).join()} rows={rows} linking={linking} />;
  return (
    <>
      <PageHeader title={t('title')} />
      <UndoBanner linking={linking} />
      <EmptyState title={t('nothing')} action={<Link to="/recordings">{t('toList')}</Link>}>
        <p>{t('nothingNext')}</p>
      </EmptyState>
    </>
  );
}

/** The recordings the address names; without any, the signed-in person's unlinked ones. */
function useRecordings(): { rows: RecordingRow[] | null; error: unknown; retry: () => void } {
  const { docking, ids } = useSearch({ from: '/link' });
  const person = useSession().session?.person.id;
  const named = (ids ?? '').split('.').filter((id) => id !== '');
  const one = useQueries({ queries: named.map((id) => api.recordings.get.queryOptions({ input: { id } })) });
  const filter = docking === undefined ? { officerId: person, linked: false } : { dockingId: docking };
  const list = useQuery({ ...api.recordings.list.queryOptions({ input: { filter, sort: 'oldest', limit: 200 } }), enabled: named.length === 0 });
  if (named.length > 0) {
    const error = one.find((each) => each.error)?.error ?? null;
    const ready = one.every((each) => each.data !== undefined);
    const rows = one.flatMap((each) => (each.data?.ok ? [each.data.value.row] : []));
    return { rows: ready ? rows : null, error, retry: () => one.forEach((each) => void each.refetch()) };
  }
  // Logs of a docking belong to no case.
  return { rows: list.data?.rows.filter((row) => row.kind !== 'docking') ?? null, error: list.error, retry: () => void list.refetch() };
}

function Linking({ rows, linking }: { rows: readonly RecordingRow[]; linking: ReturnType<typeof useLinking> }) {
  const { t } = useTranslation('link');
  const { caseText } = useRecordingWords();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [target, setTarget] = useState<Target>({ case: { id: '', number: null, title: null }, stage: null });
  const ids = rows.filter((row) => !left.has(row.id)).map((row) => row.id);
  const ready = target.case.id !== '' && ids.length > 0;
  const go = () => linking.link(ids, { caseId: target.case.id, stage: target.stage, name: caseText(target.case) });
  const leave = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <div>
      <PageHeader title={t('title')} hint={t('hint', { count: ids.length })}>
        <Button type="primary" size="large" disabled={!ready} loading={linking.busy} onClick={go}>
          {ready ? t('go', { count: ids.length }) : t('chooseCase')}
        </Button>
      </PageHeader>
      <UndoBanner linking={linking} />
      <div className={css.page}>
        <section className={css.column} aria-label={t('where')}>
          <h2>{t('stageTitle')}</h2>
          <Stages chosen={target.stage} onChoose={(stage) => setTarget({ ...target, stage })} />
          <Cases recordings={rows.map((row) => row.id)} chosen={target.case.id} onChoose={(one) => setTarget({ ...target, case: one })} />
        </section>
        <section className={css.column} aria-label={t('what')}>
          <h2>{t('what')}</h2>
          <ul className={css.list}>
            {rows.map((row) => (
              <RecordingLine key={row.id} row={row}>
                <label className={css.tick}>
                  <input type="checkbox" checked={!left.has(row.id)} aria-label={t('include')} onChange={() => leave(row.id)} />
                </label>
              </RecordingLine>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

function Stages({ chosen, onChoose }: { chosen: Target['stage']; onChoose: (stage: Target['stage']) => void }) {
  const { t } = useTranslation('recordings');
  return (
    <div className={css.stages}>
      {STAGES.map((stage) => (
        <button
          key={stage}
          type="button"
          className={css.stage}
          aria-pressed={chosen === stage}
          onClick={() => onChoose(chosen === stage ? null : stage)}
        >
          {t(`stage.${stage}`)}
        </button>
      ))}
    </div>
  );
}

function Cases({ recordings, chosen, onChoose }: { recordings: string[]; chosen: string; onChoose: (one: CaseName) => void }) {
  const { t } = useTranslation('link');
  const [search, setSearch] = useState('');
  const { caseText } = useRecordingWords();
  const found = useQuery({
    ...api.recordings.suggest.queryOptions({ input: { recordings, search: search.trim() } }),
    placeholderData: (former) => former,
  });
  return (
    <>
      <h2>{t('caseTitle')}</h2>
      <Input
        size="large"
        allowClear
        maxLength={100}
        prefix={<SearchOutlined aria-hidden />}
        aria-label={t('search')}
        placeholder={t('search')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.error && <ErrorPanel failure={failureOf(found.error)} onRetry={() => void found.refetch()} />}
      {found.data?.length === 0 && <p>{t(search === '' ? 'noCases' : 'noMatch')}</p>}
      <ul className={`${css.list} ${css.cases}`}>
        {found.data?.map((one) => (
          <li key={one.case.id}>
            <button type="button" className={css.case} aria-pressed={one.case.id === chosen} onClick={() => onChoose(one.case)}>
              <span>
                <strong>{one.case.number ?? caseText(one.case)}</strong>
                {one.case.title}
              </span>
              <span className={css.reason} data-best={one.reason === 'officer-and-time'}>
                {t(`reason.${one.reason}`)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
