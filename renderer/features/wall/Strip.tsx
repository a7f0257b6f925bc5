import { CloudServerOutlined, DisconnectOutlined, HddOutlined, WarningOutlined } from '@ant-design/icons';
import { memo, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { useConnection } from '../../api/connection.ts';
import { useStationZone } from '../../api/station-zone.ts';
import { bytesText, timeText, weekdayText } from '../../ui/format.pure.ts';
import { StateSign } from '../../ui/StateSign.tsx';
import { useSession } from '../session/index.ts';
import css from './wall.module.css';

type StripProps = { ports: PortCard[]; freeBytes: number; totalBytes: number; archiveReachable: boolean };

/** What concerns all ports: which station, what time it has, room, archive, and how many ports are in which state. */
export function Strip({ ports, freeBytes, totalBytes, archiveReachable }: StripProps) {
  const { t } = useTranslation('wall');
  const { stationCode } = useSession();
  const low = freeBytes * 10 < totalBytes;
  const size = { free: bytesText(freeBytes), total: bytesText(totalBytes) };
  return (
    <header className={css.strip}>
      <strong className={css.code}>{stationCode === null ? 'Evidock' : t('station', { code: stationCode })}</strong>
      <Clock />
      <span className={css.fact} data-wrong={low}>
        {low ? <WarningOutlined aria-hidden /> : <HddOutlined aria-hidden />}
        {t(low ? 'freeLow' : 'free', size)}
      </span>
      <span className={css.fact} data-wrong={!archiveReachable}>
        {archiveReachable ? <CloudServerOutlined aria-hidden /> : <DisconnectOutlined aria-hidden />}
        {t(archiveReachable ? 'archiveUp' : 'archiveDown')}
      </span>
      <Counts ports={ports} />
    </header>
  );
}

/** The station's clock, which the times on the cards are told by. */
const Clock = memo(function Clock() {
  const { i18n } = useTranslation();
  const { clockOffsetMs } = useConnection();
  const zone = useStationZone();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const at = new Date(now + clockOffsetMs).toISOString();
  return (
    <span className={css.clock}>
      <time dateTime={at}>{timeText(at, zone, 'time')}</time>
      <span className={css.day}>{`${timeText(at, zone, 'day')} ${weekdayText(at, zone, i18n.language)}`}</span>
    </span>
  );
});

// What needs a person comes first.
const ORDER = [
  'fault',
  'attention',
  'interrupted',
  'locked',
  'refused',
  'paused',
  'safe',
  'kept',
  'copying',
  'proving',
  'recognising',
  'empty',
] as const;

function Counts({ ports }: { ports: PortCard[] }) {
  const { t } = useTranslation(['wall', 'states']);
  const counted = ORDER.map((state) => ({ state, count: ports.filter((card) => card.state === state).length })).filter(({ count }) => count > 0);
  return (
    <ul className={css.counts} aria-label={t('counts')}>
      {counted.map(({ state, count }) => (
        <li key={state} data-state={state} style={{ color: `var(--state-${state}-ink)`, background: `var(--state-${state}-surface)` }}>
          <StateSign state={state} size={18} />
          <span>{t(`states:${state}`)}</span>
          <b>{count}</b>
        </li>
      ))}
    </ul>
  );
}
