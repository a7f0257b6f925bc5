import { ExclamationCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../../main/contract/web/cases.ts';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { CopyText, TimeText } from '../../ui/text.tsx';
import { UndoBanner, useLinking } from '../link/index.ts';
import { personText, RecordingLine, useRecordingWords } from '../recordings/index.ts';
import { useCan } from '../session/index.ts';
import css from './cases.module.css';
import { LegalHold } from './LegalHold.tsx';
import { STAGES, useMissing } from './words.ts';

type Shown = { row: CaseRow; recordings: RecordingRow[]; suggested: RecordingRow[] };

/** One case: its facts, its recordings by stage with what is missing, and what may belong to it. */
export function CasePage() {
  const { id } = useParams({ from: '/cases/$id' });
  const { data, error, refetch } = useQuery(api.cases.get.queryOptions({ input: { id } }));
  if (data?.ok) return <Case shown={data.value} />;
  if (!data && !error) return <Loading place="page" />;
  return <ErrorPanel failure={data?.failure ?? failureOf(error)} onRetry={() => void refetch()} alone />;
}

function Case({ shown: { row, recordings, suggested } }: { shown: Shown }) {
  const { t } = useTranslation('cases');
  const linking = useLinking();
  const missing = useMissing()(row);
  return (
    <div>
      <PageHeader title={row.case.number ?? t('erased')} hint={row.case.title}>
        <Link to="/cases" className={css.back}>
          {t('toList')}
        </Link>
      </PageHeader>
      <UndoBanner linking={linking} />
      <div className={css.case}>
        <Facts row={row} />
        <p className={css.rule} data-missing={missing !== null}>
          {missing !== null && <ExclamationCircleOutlined aria-hidden />}
          <span>
            {t(`rule.${row.recordingRule}`)} {missing ?? (row.recordings > 0 && t('nothingMissing'))}
          </span>
        </p>
        <LegalHold row={row} />
        {suggested.length > 0 && <Suggested row={row} suggested={suggested} linking={linking} />}
        <ByStage row={row} recordings={recordings} />
        {recordings.length > 0 && row.case.number !== null && (
          <p className={css.export}>
            {t('exportHint')} <CopyText text={`evidock export ${row.case.number} --out PATH`} />
          </p>
        )}
      </div>
    </div>
  );
}

function Facts({ row }: { row: CaseRow }) {
  const { t } = useTranslation('cases');
  return (
    <dl className={css.facts}>
      <dt>{t('kind')}</dt>
      <dd>{t(`action.${row.actionKind}`)}</dd>
      <dt>{t('officers')}</dt>
      <dd>{row.officers.map((one) => personText(one) ?? t('erased')).join(t('and')) || '—'}</dd>
      <dt>{t('time')}</dt>
      <dd>
        <TimeText at={row.startedAt} as="minute" /> {'–'} <TimeText at={row.endedAt} as="minute" />
      </dd>
      <dt>{t('place')}</dt>
      <dd>{row.place ?? '—'}</dd>
    </dl>
  );
}

function Suggested({ row, suggested, linking }: { row: CaseRow; suggested: RecordingRow[]; linking: ReturnType<typeof useLinking> }) {
  const { t } = useTranslation('cases');
  const { caseText } = useRecordingWords();
  const canLink = useCan('recordings.link');
  const link = (ids: string[]) => linking.link(ids, { caseId: row.case.id, stage: null, name: caseText(row.case) });
  return (
    <section className={css.stage}>
      <div className={css.stageHead}>
        <h2>{t('suggested', { count: suggested.length })}</h2>
        {canLink && suggested.length > 1 && (
          <Button loading={linking.busy} onClick={() => link(suggested.map((one) => one.id))}>
            {t('linkAll')}
          </Button>
        )}
      </div>
      <p className={css.quiet}>{t('suggestedWhy')}</p>
      <ul className={css.list}>
        {suggested.map((one) => (
          <RecordingLine key={one.id} row={one}>
            {canLink && (
              <Button type="primary" disabled={linking.busy} onClick={() => link([one.id])}>
                {t('linkHere')}
              </Button>
            )}
          </RecordingLine>
        ))}
      </ul>
    </section>
  );
}

function ByStage({ row, recordings }: { row: CaseRow; recordings: RecordingRow[] }) {
  const { t } = useTranslation('cases');
  const stageWord = useTranslation('recordings').t;
  return [...STAGES, null].map((stage) => {
    const mine = recordings.filter((one) => one.stage === stage);
    if (stage === null && mine.length === 0) return null;
    const lacks = stage !== null && row.missingStages.includes(stage);
    return (
      <section key={stage ?? 'none'} className={css.stage} data-missing={lacks}>
        <h2>{stage === null ? stageWord('noStage') : stageWord(`stage.${stage}`)}</h2>
        {mine.length === 0 && <p className={css.quiet}>{t(lacks ? 'stageMissing' : 'stageEmpty')}</p>}
        <ul className={css.list}>
          {mine.map((one) => (
            <RecordingLine key={one.id} row={one} />
          ))}
        </ul>
      </section>
    );
  });
}
