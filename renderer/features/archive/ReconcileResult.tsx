import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ReconcileReport } from '../../../main/contract/api/archive.ts';
import type { ErrorCode } from '../../../main/contract/errors.ts';
import { api, client, failureOf } from '../../api/client.ts';
import { Chips } from '../../ui/Chips.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { CopyText, TimeText } from '../../ui/text.tsx';
import { Verdict } from '../../ui/Verdict.tsx';
import { useSession } from '../session/index.ts';
import css from './archive.module.css';
import { DifferenceTable } from './DifferenceTable.tsx';
import { countByCode, countByState, type Shown, STATES, shownOf } from './differences.pure.ts';
import { Exports } from './Exports.tsx';

const SHORT = {
  'vault.item-missing': 'vaultMissing',
  'vault.item-differs': 'vaultDiffers',
  'vault.unexpected': 'vaultUnexpected',
  'archive.item-missing': 'archiveMissing',
  'archive.item-differs': 'archiveDiffers',
  'archive.bag-damaged': 'bagDamaged',
  'archive.unexpected': 'archiveUnexpected',
  'source.not-stored': 'notStored',
} as const satisfies Partial<Record<ErrorCode, string>>;

type Props = { id: string; shown: Shown; onShow: (change: Partial<Shown>) => void };

/** What came of a reconciliation: one sentence, the figures, the sheet to sign, and every difference. */
export function ReconcileResult({ id, shown, onShow }: Props) {
  const { data, error, refetch } = useQuery(api.archive.reconciliation.queryOptions({ input: { id } }));
  if (error || data?.ok === false) {
    return <ErrorPanel failure={data?.ok === false ? data.failure : failureOf(error)} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Loading />;
  return <Result report={data.value} shown={shown} onShow={onShow} />;
}

function Result({ report, shown, onShow }: { report: ReconcileReport } & Omit<Props, 'id'>) {
  const { t } = useTranslation('archive');
  const { same, waiting, missing, differs, extra, differences } = report;
  const rows = shownOf(differences, shown);
  return (
    <div className={css.result} data-testid="reconcile-result">
      <Outcome report={report} />
      <About report={report} />
      <p>{t('figures', { same, missing, differs, extra, waiting })}</p>
      {differences.length < missing + differs + extra + waiting && <p>{t('cutShort', { count: differences.length })}</p>}
      <Exports ask={(request, how) => client.archive.export({ id: report.id, ...request }, how)} />
      {differences.length > 0 && <Filters report={report} shown={shown} onShow={onShow} />}
      {rows.length > 0 && <DifferenceTable run={report.id} differences={rows} />}
      {differences.length > 0 && rows.length === 0 && <p className={css.calm}>{t('nothingLeft')}</p>}
    </div>
  );
}

/** Bytes that are not what was recorded outweigh everything, explained or not. */
function Outcome({ report: { open, same, waiting, explained, differs, hashMismatch } }: { report: ReconcileReport }) {
  const { t } = useTranslation('archive');
  const state = hashMismatch ? 'mismatch' : open > 0 ? 'open' : explained > 0 ? 'explained' : waiting > 0 ? 'waiting' : 'same';
  return <Verdict bad={hashMismatch || open > 0} text={t(`verdict.${state}`, { open, same, waiting, explained, differs })} />;
}

function About({ report: { destination, startedAt, by, entry, resultSha256 } }: { report: ReconcileReport }) {
  const { t } = useTranslation('archive');
  const { stationCode } = useSession();
  return (
    <div className={css.about}>
      <p>
        {t('about', { station: stationCode ?? '', name: destination ?? '—', by: by ?? t('erased') })} <TimeText at={startedAt} />
      </p>
      <p>
        {t('vouchedFor', { seq: entry.seq })} <CopyText text={resultSha256} />
      </p>
    </div>
  );
}

function Filters({ report: { differences }, shown, onShow }: { report: ReconcileReport } & Omit<Props, 'id'>) {
  const { t } = useTranslation('archive');
  return (
    <search className={css.bar}>
      <Input
        allowClear
        className={css.search ?? ''}
        aria-label={t('search')}
        placeholder={t('search')}
        maxLength={100}
        value={shown.search}
        onChange={(event) => onShow({ search: event.target.value })}
      />
      <Chips
        label={t('state')}
        chips={countByState(differences).map(({ state, count }) => ({ id: state, label: t(`states.${state}`), count }))}
        chosen={shown.state}
        onChoose={(id) => onShow({ state: STATES.find((one) => one === id) ?? null })}
      />
      <Chips
        label={t('class')}
        chips={countByCode(differences).map(({ code, count }) => ({ id: code, label: t(`codes.${shortOf(code)}`), count }))}
        chosen={shown.code}
        onChoose={(code) => onShow({ code })}
      />
    </search>
  );
}

/** A code as the texts' keys write it; one without a word of its own is called a difference. */
function shortOf(code: ErrorCode) {
  return code in SHORT ? SHORT[code as keyof typeof SHORT] : 'other';
}
