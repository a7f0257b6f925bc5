import { CloseOutlined, FilterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingDetail, RecordingFilter } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { Bytes, Duration } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import { DeadlineMark, StateMarks } from './marks.tsx';
import { Poster } from './Poster.tsx';
import css from './recordings.module.css';
import { personText, useRecordingWords } from './words.ts';

type PanelProps = { id: string; onClose: () => void; onOnly: (only: RecordingFilter) => void };

/** One recording beside the list: what it is, and the ways on from it. */
export function DetailPanel({ id, onClose, onOnly }: PanelProps) {
  const { t } = useTranslation('recordings');
  const { data, error, refetch } = useQuery(api.recordings.get.queryOptions({ input: { id } }));
  const close = <Button type="text" icon={<CloseOutlined />} aria-label={t('closePanel')} onClick={onClose} />;
  return (
    <aside className={css.panel} aria-label={t('details')}>
      {data?.ok ? (
        <Details detail={data.value} close={close} onOnly={onOnly} />
      ) : (
        <>
          {close}
          {data || error ? <ErrorPanel failure={data?.failure ?? failureOf(error)} onRetry={() => void refetch()} /> : <Loading />}
        </>
      )}
    </aside>
  );
}

function Details({ detail: { row }, close, onOnly }: { detail: RecordingDetail; close: ReactNode; onOnly: PanelProps['onOnly'] }) {
  const { t } = useTranslation('recordings');
  const { nameOf, caseText } = useRecordingWords();
  const navigate = useNavigate();
  const canLink = useCan('recordings.link');
  const only = (filter: RecordingFilter, what: string) => (
    <Button type="text" icon={<FilterOutlined />} aria-label={t('onlyThis', { what })} onClick={() => onOnly(filter)} />
  );
  const officer = personText(row.officer);
  const facts: [string, ReactNode][] = [
    [
      t('column.officer'),
      <>
        {officer ?? t('nobody')} {row.officer && only({ officerId: row.officer.id }, officer ?? '')}
      </>,
    ],
    [
      t('column.camera'),
      <>
        {row.camera.serial} {only({ cameraId: row.camera.id }, row.camera.serial)}
      </>,
    ],
    [t('column.duration'), <Duration key="duration" ms={row.durationMs} />],
    [t('column.size'), <Bytes key="size" bytes={row.sizeBytes} />],
    [
      t('column.case'),
      row.case === null ? (
        t('unlinked')
      ) : (
        <>
          {caseText(row.case)} {only({ caseId: row.case.id }, caseText(row.case))}
        </>
      ),
    ],
    [t('column.stage'), row.stage === null ? '—' : t(`stage.${row.stage}`)],
    [t('column.deadline'), <DeadlineMark key="deadline" deadline={row.deadline} />],
    [t('column.state'), <StateMarks key="state" row={row} />],
  ];
  return (
    <>
      <div className={css.panelHead}>
        <h2>{nameOf(row)}</h2>
        {close}
      </div>
      <div className={css.picture}>
        <Poster itemId={row.posterItem} kind={row.kind} />
      </div>
      <div className={css.actions}>
        <Button type="primary" onClick={() => void navigate({ to: '/recordings/$id', params: { id: row.id } })}>
          {t('open')}
        </Button>
        {canLink && (
          <Button onClick={() => void navigate({ to: '/link', search: { ids: row.id } })}>{t(row.case === null ? 'link' : 'changeLink')}</Button>
        )}
      </div>
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
