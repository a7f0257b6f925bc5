import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { durationText } from '../../ui/format.pure.ts';
import { TimeText } from '../../ui/text.tsx';
import css from './cameras.module.css';

const HOUR_MS = 3_600_000;

/** How far off the camera's clock was when it was last read, against which clock, and whether it was set then. */
export function Drift({ clock }: { clock: CameraRow['clock'] }) {
  const { t } = useTranslation('cameras');
  if (clock === null) return <>{t('driftUnknown')}</>;
  const { offsetMs, uncertaintyMs, readAt, setAt, stationClock } = clock;
  const size = Math.abs(offsetMs);
  const off = size < HOUR_MS ? `${(size / 1000).toFixed(1)} s` : durationText(size);
  const isRight = size <= uncertaintyMs;
  return (
    <span>
      {isRight ? t('driftNone') : t(offsetMs < 0 ? 'driftSlow' : 'driftFast', { off })}{' '}
      <span className={css.quiet}>
        <TimeText at={readAt} as="minute" />
        {' · '}
        {t(setAt === null ? 'clockLeft' : 'clockSet')}
        {stationClock === 'station-unchecked' && ` · ${t('clockDoubt')}`}
      </span>
    </span>
  );
}
