import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RecordingDetail } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { TimeText, useTimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import { Custody } from './Custody.tsx';
import { FileTable } from './FileTable.tsx';
import { DeadlineMark, StateMarks } from './marks.tsx';
import { OpenWithReason } from './OpenWithReason.tsx';
import { Player } from './Player.tsx';
import css from './recording-page.module.css';
import { personText, useRecordingWords } from './words.ts';

/** One recording: its picture, what it is in plain words, and everything that happened to it. */
export function RecordingPage() {
  const { id } = useParams({ from: '/recordings/$id' });
  const { data, error, refetch } = useQuery(api.recordings.get.queryOptions({ input: { id } }));
  if (data?.ok) return <Shown key={id} detail={data.value} />;
  if (!data && !error) return <Loading place="page" />;
  return <ErrorPanel failure={data?.failure ?? failureOf(error)} onRetry={() => void refetch()} alone />;
}

function Shown({ detail }: { detail: RecordingDetail }) {
  const { t } = useTranslation('recordings');
  const { nameOf } = useRecordingWords();
  const { row, items, opened } = detail;
  return (
    <div>
      <PageHeader title={nameOf(row)} hint={`${personText(row.officer) ?? t('nobody')} · ${t(`kind.${row.kind}`)}`}>
        <Link to="/recordings" className={css.back}>
          {t('toList')}
        </Link>
      </PageHeader>
      <div className={css.page}>
        <div className={css.main}>
          {opened || row.kind === 'docking' ? <Player detail={detail} /> : <OpenWithReason row={row} />}
          <FileTable items={items} />
          <Custody id={row.id} />
        </div>
        <aside className={css.side} aria-label={t('details')}>
          <PlainFacts detail={detail} />
          <CaseFacts detail={detail} />
          <Archives detail={detail} />
        </aside>
      </div>
    </div>
  );
}

function PlainFacts({ detail: { row, startSource, deadlineBasis, zone, continues } }: { detail: RecordingDetail }) {
  const { t } = useTranslation('recordings');
  const { spoken } = useRecordingWords();
  const timeOf = useTimeText();
  const begun = row.startLocal === null ? t('plain.noStart') : t('plain.start', { time: timeOf(row.startLocal) });
  const length = row.durationMs === null ? t('plain.noLength') : t('plain.length', { length: spoken(row.durationMs) });
  return (
    <section className={css.block}>
      <h2>{t('facts')}</h2>
      <p className={css.plain}>
        {row.kind === 'recording' ? t('plain.recording', { begun, length, count: row.clips }) : t('plain.other', { begun, count: row.items })}
      </p>
      {startSource !== null && <p>{t(`clock.${startSource}` as 'clock.camera', { zone: zone ?? '—' })}</p>}
      <StateMarks row={row} />
      <p className={css.deadline}>
        <DeadlineMark deadline={row.deadline} />
        <span>{deadlineBasis === null ? t('deadlineOpen') : t(`words.basis.${deadlineBasis}` as 'words.basis.first-docking')}</span>
      </p>
      {continues !== null && (
        <Link to="/recordings/$id" params={{ id: continues }} className={css.back}>
          {t('continues')}
        </Link>
      )}
    </section>
  );
}

function CaseFacts({ detail: { row } }: { detail: RecordingDetail }) {
  const { t } = useTranslation('recordings');
  const { caseText } = useRecordingWords();
  const navigate = useNavigate();
  const canLink = useCan('recordings.link');
  return (
    <section className={css.block}>
      <h2>{t('column.case')}</h2>
      {row.case === null ? (
        <p>{row.suggested === null ? t('unlinked') : t('maybe', { number: caseText(row.suggested) })}</p>
      ) : (
        <p>
          <Link to="/cases/$id" params={{ id: row.case.id }} className={css.back}>
            {caseText(row.case)}
          </Link>
          <br />
          {row.stage === null ? t('noStage') : t(`stage.${row.stage}`)}
        </p>
      )}
      {canLink && (
        <Button type={row.case === null ? 'primary' : 'default'} onClick={() => void navigate({ to: '/link', search: { ids: row.id } })}>
          {t(row.case === null ? 'link' : 'changeLink')}
        </Button>
      )}
    </section>
  );
}

function Archives({ detail: { archives } }: { detail: RecordingDetail }) {
  const { t } = useTranslation('recordings');
  return (
    <section className={css.block}>
      <h2>{t('archives')}</h2>
      {archives.length === 0 && <p>{t('noReceipt')}</p>}
      <ul>
        {archives.map((one) => (
          <li key={`${one.destination} ${one.bag}`} className={css.receipt}>
            <strong>{one.destination}</strong> <TimeText at={one.at} />
            <p>{t('receipt', { bag: one.bag })}</p>
            {one.retention && (
              <p>
                {t('keptUntil')} <TimeText at={one.retention.until} as="minute" />
                {one.retention.legalHold && <strong>{t('legalHold')}</strong>} {t(one.retention.enforcedUntil ? 'enforced' : 'notEnforced')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
