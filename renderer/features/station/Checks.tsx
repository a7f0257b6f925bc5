import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { VerifyReport } from '../../../main/contract/api/station.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import { api } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { bytesText } from '../../ui/format.pure.ts';
import { Running, useLongRun } from '../../ui/long-run.tsx';
import { FailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import css from './station.module.css';

/** Proves the ledger's chain, the tables made from it and the vault; the full check reads every byte. */
export function Checks() {
  const { t } = useTranslation('station');
  const { start, last } = useLongRun(api.station.verify.mutationOptions());
  const running = last?.state === 'running';
  return (
    <div className={css.column}>
      <p className={css.quiet}>{t('checksHint')}</p>
      <div className={css.choices}>
        <Choice title={t('quick')} hint={t('quickHint')} act={t('runQuick')} disabled={running} onRun={() => start({ full: false })} />
        <Choice title={t('full')} hint={t('fullHint')} act={t('runFull')} disabled={running} onRun={() => start({ full: true })} />
      </div>
      {running && <Running label={t(last.input.full ? 'checkingFull' : 'checkingQuick')} hint={t('mayLeave')} startedAt={last.startedAt} />}
      {last && <FailureAlert failure={last.failure} />}
      {last?.output && <Result report={last.output} startedAt={last.startedAt} />}
    </div>
  );
}

function Choice({ title, hint, act, disabled, onRun }: { title: string; hint: string; act: string; disabled: boolean; onRun: () => void }) {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      <p className={css.quiet}>{hint}</p>
      <div>
        <Button type="primary" disabled={disabled} onClick={onRun}>
          {act}
        </Button>
      </div>
    </section>
  );
}

function Result({ report, startedAt }: { report: VerifyReport; startedAt: number }) {
  const { t } = useTranslation('station');
  const { violations, warnings, entries, segments, items, bytesRead, full } = report;
  const sound = violations.length === 0;
  return (
    <div className={css.column} role="status" data-testid="verify-result">
      <p className={css.verdict} data-bad={!sound || undefined}>
        {sound ? <CheckCircleOutlined aria-hidden /> : <WarningOutlined aria-hidden />}
        {sound ? t('sound') : t('violations', { count: violations.length })}
      </p>
      <p>
        {t(full ? 'checkedFull' : 'checkedQuick', { entries, segments, items, read: bytesText(bytesRead) })}{' '}
        <TimeText at={new Date(startedAt).toISOString()} />
      </p>
      <Failures failures={violations} />
      {warnings.length > 0 && <h2>{t('warnings', { count: warnings.length })}</h2>}
      <Failures failures={warnings} />
    </div>
  );
}

function Failures({ failures }: { failures: readonly Failure[] }) {
  return (
    <ul className={css.failures}>
      {failures.map((failure) => (
        <li key={`${failure.code} ${failure.what} ${failure.detail}`}>
          <FailureText failure={failure} />
        </li>
      ))}
    </ul>
  );
}
