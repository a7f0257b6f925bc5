import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { VerifyReport } from '../../../main/contract/api/station.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import type { VerifyRun } from '../../../main/contract/web/station.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { bytesText } from '../../ui/format.pure.ts';
import { isUnderWay, RunPanel } from '../../ui/long-run.tsx';
import { FailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { Verdict } from '../../ui/Verdict.tsx';
import css from './station.module.css';

/** Proves the ledger's chain, the tables made from it and the vault; the full check reads every byte. */
export function Checks() {
  const { t } = useTranslation('station');
  const { data: run, dataUpdatedAt } = useQuery(api.station.verifyRun.queryOptions());
  const begin = useMutation(api.station.verify.mutationOptions());
  const stop = useMutation(api.station.cancelVerify.mutationOptions());
  const running = isUnderWay(run);
  // The list of what was found is kept until the station ends; how much it was, for good.
  const outcomeOf = ({ violations = 0, entries = 0, items = 0 }: VerifyRun['figures']) =>
    t(violations === 0 ? 'wasSound' : 'hadViolations', { count: violations, entries, items });
  const start = (full: boolean) =>
    begin.mutate({ full }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.station.verifyRun.key() }) });
  return (
    <div className={css.column}>
      <p className={css.quiet}>{t('checksHint')}</p>
      <div className={css.choices}>
        <Choice title={t('quick')} hint={t('quickHint')} act={t('runQuick')} disabled={running} onRun={() => start(false)} />
        <Choice title={t('full')} hint={t('fullHint')} act={t('runFull')} disabled={running} onRun={() => start(true)} />
      </div>
      <FailureAlert failure={begin.error ? (failureOf(begin.error) ?? 'unreachable') : begin.data?.ok === false ? begin.data.failure : null} />
      {run && (
        <RunPanel
          run={run}
          seenAt={dataUpdatedAt}
          label={t(run.what === 'full' ? 'checkingFull' : 'checkingQuick')}
          stopHint={t('stopCheck')}
          outcome={run.report === null ? outcomeOf(run.figures) : null}
          onCancel={() => stop.mutateAsync({ id: run.id })}
        />
      )}
      {run?.report && <Result report={run.report} run={run} />}
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

function Result({ report, run: { startedAt, by } }: { report: VerifyReport; run: VerifyRun }) {
  const { t } = useTranslation('station');
  const { t: common } = useTranslation();
  const { violations, warnings, entries, segments, items, bytesRead, full } = report;
  const sound = violations.length === 0;
  return (
    <div className={css.column} data-testid="verify-result">
      <Verdict bad={!sound} text={sound ? t('sound') : t('violations', { count: violations.length })} />
      <p>
        {t(full ? 'checkedFull' : 'checkedQuick', { entries, segments, items, read: bytesText(bytesRead) })} <TimeText at={startedAt} />
        {by !== null && ` · ${common('run.by', { name: by })}`}
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
