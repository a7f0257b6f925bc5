import { CaretRightOutlined, PauseOutlined, WarningOutlined } from '@ant-design/icons';
import { Button, type InputRef } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingDetail, RecordingItem } from '../../../main/contract/web/recordings.ts';
import { durationText } from '../../ui/format.pure.ts';
import { MarkList } from './MarkList.tsx';
import css from './player.module.css';
import { TimeLine } from './TimeLine.tsx';
import { isPlayed } from './timeline.pure.ts';
import { usePlayer } from './use-player.ts';

/** The films of a recording on one line, or its pictures. */
export function Player({ detail }: { detail: RecordingDetail }) {
  return detail.items.some(isPlayed) ? <Film detail={detail} /> : <Pictures items={detail.items} />;
}

function Film({ detail: { row, items, marks } }: { detail: RecordingDetail }) {
  const { t } = useTranslation('recordings');
  const words = useRef<InputRef>(null);
  const player = usePlayer(items, { m: () => words.current?.focus() });
  const item = player.current?.item;
  return (
    <section className={css.player} aria-label={t('player')}>
      <div className={css.screen}>
        {item && item.playable !== null && !player.broken ? (
          <video
            key={item.id}
            {...player.film}
            src={`/media/items/${item.id}/${item.playable}`}
            {...(item.hasPoster ? { poster: `/media/items/${item.id}/poster` } : {})}
            preload="auto"
            onClick={player.toggle}
          />
        ) : (
          <p className={css.cannot}>
            <WarningOutlined aria-hidden />
            {t(item?.damaged ? 'cannotPlayDamaged' : player.broken ? 'cannotPlay' : item?.freed ? 'freedHint' : 'notPlayableYet')}
          </p>
        )}
      </div>
      <TimeLine player={player} marks={marks} />
      <div className={css.controls}>
        <Button
          type="primary"
          icon={player.playing ? <PauseOutlined /> : <CaretRightOutlined />}
          aria-label={t(player.playing ? 'pause' : 'play')}
          onClick={player.toggle}
        />
        <span
          className={css.time}
        >{`${durationText(player.positionMs)} / ${player.measured ? durationText(player.totalMs) : t('lengthUnknown')}`}</span>
        <select className={css.speed} aria-label={t('speed')} value={player.speed} onChange={(event) => player.setRate(Number(event.target.value))}>
          {player.speeds.map((one) => (
            <option key={one} value={one}>{`${one}×`}</option>
          ))}
        </select>
        <span className={css.keys}>{t('keys')}</span>
      </div>
      <MarkList id={row.id} player={player} marks={marks} input={words} />
    </section>
  );
}

function Pictures({ items }: { items: readonly RecordingItem[] }) {
  const { t } = useTranslation('recordings');
  const photos = items.filter((one) => one.mediaKind === 'photo');
  if (photos.length === 0) return <p className={css.nothing}>{t('nothingToSee')}</p>;
  return (
    <section className={css.screen} aria-label={t('player')}>
      {photos.map((one) => (
        <img key={one.id} src={`/media/items/${one.id}/original`} alt={one.path ?? t('photo')} />
      ))}
    </section>
  );
}
