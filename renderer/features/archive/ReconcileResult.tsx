import { CheckCircleOutlined, DownloadOutlined, PrinterOutlined, WarningOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReconcileReport } from '../../../main/contract/api/archive.ts';
import type { ErrorCode, Failure } from '../../../main/contract/errors.ts';
import { Chips } from '../../ui/Chips.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { useFailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useSession } from '../session/index.ts';
import css from './archive.module.css';
import { countByCode, csvOf, recordingOf } from './differences.pure.ts';
import { saveFile } from './save-file.ts';

const SHORT = {
  'vault.item-missing': 'vaultMissing',
  'vault.item-differs': 'vaultDiffers',
  'vault.unexpected': 'vaultUnexpected',
  'archive.item-missing': 'archiveMissing',
  'archive.item-differs': 'archiveDiffers',
  'archive.bag-damaged': 'bagDamaged',
  'archive.unexpected': 'archiveUnexpected',
  'clear.no-receipt': 'waiting',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** What came of a reconciliation: one sentence, the figures, and every difference in words. */
export function ReconcileResult({ report, startedAt }: { report: ReconcileReport; startedAt: number }) {
  const { t } = useTranslation('archive');
  const { stationCode } = useSession();
  const { open, same, waiting, missing, differs, extra, differences } = report;
  const textOf = useFailureText();
  const [code, setCode] = useState<string | null>(null);
  const shown = differences.filter((one) => code === null || one.code === code);
  const state = open > 0 ? 'open' : waiting > 0 ? 'waiting' : 'same';
  const csv = () =>
    csvOf([
      [t('code'), t('difference'), t('next'), t('concerns'), t('detail')],
      ...differences.map((one) => [one.code, textOf(one).what, textOf(one).next, one.what, one.detail]),
    ]);
  return (
    <div className={css.result} data-report data-testid="reconcile-result">
      <p className={css.verdict} data-open={open > 0 || undefined} role="status">
        {open > 0 ? <WarningOutlined aria-hidden /> : <CheckCircleOutlined aria-hidden />}
        {t(`verdict.${state}`, { open, same, waiting })}
      </p>
      <p className={css.about}>
        {t('about', { station: stationCode ?? '', name: report.destination ?? '' })} <TimeText at={new Date(startedAt).toISOString()} />
      </p>
      <p>{t('figures', { same, missing, differs, extra, waiting })}</p>
      {differences.length < missing + differs + extra + waiting && <p>{t('cutShort', { count: differences.length })}</p>}
      <div className={css.bar} data-noprint>
        <Chips
          label={t('filter')}
          chips={countByCode(differences).map((one) => ({ id: one.code, label: t(`codes.${shortOf(one.code)}`), count: one.count }))}
          chosen={code}
          onChoose={setCode}
        />
        {differences.length > 0 && (
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => saveFile(fileName(report, startedAt), 'text/csv', csv())}>
            {t('saveCsv')}
          </Button>
        )}
        <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
          {t('print')}
        </Button>
      </div>
      {shown.length > 0 && <DifferenceTable differences={shown} />}
    </div>
  );
}

function fileName({ destination }: ReconcileReport, startedAt: number): string {
  return `evidock-reconcile-${destination ?? 'vault'}-${dayjs(startedAt).format('YYYYMMDD-HHmmss')}.csv`;
}

/** A code as the texts' keys write it; one without a word of its own is called a difference. */
function shortOf(code: ErrorCode) {
  return code in SHORT ? SHORT[code as keyof typeof SHORT] : 'other';
}

function DifferenceTable({ differences }: { differences: readonly Failure[] }) {
  const { t } = useTranslation('archive');
  const textOf = useFailureText();
  return (
    <DataTable
      label={t('differences')}
      rows={differences}
      keyOf={(one) => `${one.code} ${one.what}`}
      columns={[
        { id: 'difference', title: t('difference'), cell: (one) => <Difference failure={one} what={textOf(one).what} /> },
        { id: 'next', title: t('next'), cell: (one) => textOf(one).next },
        { id: 'recording', title: t('recording'), nowrap: true, cell: (one) => <RecordingLink id={recordingOf(one)} /> },
      ]}
    />
  );
}

function Difference({ failure, what }: { failure: Failure; what: string }) {
  return (
    <>
      <strong>{what}</strong>
      <p className={css.technical}>
        {failure.code}
        {failure.detail !== '' && ` · ${failure.detail}`}
      </p>
    </>
  );
}

function RecordingLink({ id }: { id: string | null }) {
  const { t } = useTranslation('archive');
  if (id === null) return <>—</>;
  return (
    <Link className={css.link} to="/recordings/$id" params={{ id }} title={id}>
      {t('openRecording')}
    </Link>
  );
}
