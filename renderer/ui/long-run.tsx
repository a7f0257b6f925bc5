import { LoadingOutlined } from '@ant-design/icons';
import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LongRun, Progress } from '../../main/contract/long-run.ts';
import { ConfirmTwice } from './ConfirmTwice.tsx';
import { bytesText, durationText, percentOf } from './format.pure.ts';
import css from './long-run.module.css';
import { useFailureText } from './panels.tsx';
import { TimeText } from './text.tsx';

type Props = {
  run: LongRun;
  /** When the station said so, ms of this screen's clock. */
  seenAt: number;
  /** What is being done: "Reconciling with central". */
  label: string;
  /** What becomes of what it has done when it is stopped. */
  stopHint: string;
  /** What came of one that is over, in words; null where that shows elsewhere. */
  outcome: string | null;
  /** Null for who may not stop it. */
  onCancel: (() => Promise<unknown>) | null;
};

/** Whether a run goes on, so that no other can be started beside it. */
export function isUnderWay(run: LongRun | null | undefined): boolean {
  return run?.state === 'running' || run?.state === 'stopping';
}

/**
 * Long work of the station, the same for everybody who looks: what, by whom, how far, how long still, and a way to stop it. Of
 * the last one it says how it ended, also after the station has started anew.
 */
export function RunPanel({ run, outcome, ...rest }: Props) {
  const { t } = useTranslation();
  if (isUnderWay(run)) return <WorkPanel {...run} {...rest} note={t('run.mayLeave')} />;
  return <LastRun run={run} label={rest.label} outcome={outcome} />;
}

const TONES = { done: 'success', cancelled: 'info', failed: 'error', running: 'info', stopping: 'info' } as const;

function LastRun({ run, label, outcome }: Pick<Props, 'run' | 'label' | 'outcome'>) {
  const { t } = useTranslation();
  const textOf = useFailureText();
  const { state, by, startedAt, elapsedMs, failure, figures } = run;
  if (outcome === null && failure === null) return null;
  const { items, ofItems = null } = figures;
  const { what, next } = failure ? textOf(failure) : { what: outcome ?? '', next: '' };
  const { violations = 0, waiting = 0 } = figures;
  const tone = state === 'done' && waiting > 0 ? 'info' : TONES[state];
  return (
    <Alert
      type={violations > 0 ? 'error' : tone}
      role="status"
      showIcon
      title={what}
      description={
        <>
          {next !== '' && <p>{next}</p>}
          <ul className={css.facts}>
            <li>{label}</li>
            <li>
              <TimeText at={startedAt} />
            </li>
            {by !== null && <li>{t('run.by', { name: by })}</li>}
            <li>{t('run.took', { text: durationText(elapsedMs) })}</li>
            {failure !== null && items !== undefined && ofItems !== null && <li>{t('run.items', { done: items, all: ofItems })}</li>}
          </ul>
        </>
      }
    />
  );
}

type WorkProps = Omit<Props, 'run' | 'outcome'> & Pick<LongRun, 'by' | 'state' | 'elapsedMs' | 'progress' | 'remainingMs'> & { note: string };

/** Work that goes on now. */
export function WorkPanel({ by, state, elapsedMs, progress, remainingMs, seenAt, label, stopHint, note, onCancel }: WorkProps) {
  const { t } = useTranslation();
  const goneMs = useTicking(seenAt);
  const stopping = state === 'stopping';
  const percent = percentDone(progress);
  // At the speed so far, which falls while nothing is heard: a disk that hangs is never about to be done.
  const leftMs = remainingMs === null || elapsedMs === 0 ? null : (remainingMs * (elapsedMs + goneMs)) / elapsedMs;
  return (
    <section className={css.running} aria-label={label}>
      <LoadingOutlined aria-hidden />
      <div className={css.words}>
        <strong role="status">{stopping ? t('run.stopping') : label}</strong>
        {percent !== null && (
          <div className={css.bar} role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
            <div style={{ width: `${percent}%` }} />
          </div>
        )}
        <ul className={css.facts}>
          {percent !== null && <li className={css.percent}>{percent}%</li>}
          {progress && <Done progress={progress} />}
          <li>{t('run.elapsed', { text: durationText(elapsedMs + goneMs) })}</li>
          {leftMs !== null && !stopping && <li>{t('run.left', { text: durationText(leftMs) })}</li>}
          {by !== null && <li>{t('run.by', { name: by })}</li>}
        </ul>
        <p>{note}</p>
      </div>
      {onCancel && (
        <ConfirmTwice act={t('run.stop')} thing={label} disabled={stopping} onConfirm={onCancel}>
          {stopHint}
        </ConfirmTwice>
      )}
    </section>
  );
}

/** By bytes where they are what takes the time, else by files; null while nobody knows how much there is. */
function percentDone(progress: Progress | null): number | null {
  if (progress === null) return null;
  const { items, ofItems, bytes, ofBytes } = progress;
  return ofBytes !== null && ofBytes > 0 ? percentOf(bytes, ofBytes) : ofItems === null ? null : percentOf(items, ofItems);
}

function Done({ progress: { phase, items, ofItems, bytes, ofBytes } }: { progress: Progress }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <li>
        {t(`run.phases.${phase}`)}
        {` ${ofItems === null ? items.toLocaleString(i18n.language) : t('run.items', { done: items, all: ofItems })}`}
      </li>
      {ofBytes !== null && (
        <li>
          {bytesText(bytes)} / {bytesText(ofBytes)}
        </li>
      )}
    </>
  );
}

/** Milliseconds since then, told anew each second. */
function useTicking(since: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, now - since);
}
