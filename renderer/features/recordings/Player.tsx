import { CaretRightOutlined, PauseOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RecordingItem } from '../../../main/contract/web/recordings.ts';
import { durationText } from '../../ui/format.pure.ts';
import { Poster } from './Poster.tsx';
import css from './player.module.css';
import { isPlayed, type Stretch } from './timeline.pure.ts';
import { usePlayer } from './use-player.ts';

/** The films of a recording on one line, or its pictures. */
export function Player({ items }: { items: readonly RecordingItem[] }) {
  return items.some(isPlayed) ? <Film items={items} /> : <Pictures items={items} />;
}

function Film({ items }: { items: readonly RecordingItem[] }) {
  const { t } = useTranslation('recordings');
  const player = usePlayer(items);
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
            {t(item?.damaged ? 'cannotPlayDamaged' : player.broken ? 'cannotPlay' : 'notPlayableYet')}
          </p>
        )}
      </div>
      <TimeLine player={player} />
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
    </section>
  );
}

function TimeLine({ player }: { player: ReturnType<typeof usePlayer> }) {
  const { t } = useTranslation('recordings');
  const share = (ms: number) => `${(100 * ms) / Math.max(1, player.totalMs)}%`;
  const clips = player.stretches.filter((one) => one.kind === 'clip');
  return (
    <div className={css.line}>
      {player.stretches.map((one) => (
        <button
          key={one.startMs}
          type="button"
          className={css.block}
          data-kind={one.kind === 'gap' ? 'gap' : one.item.damaged ? 'damaged' : 'clip'}
          data-current={one.kind === 'clip' && one.item.id === player.current?.item.id}
          style={{ left: share(one.startMs), width: share(one.lengthMs) }}
          aria-label={blockText(one)}
          title={blockText(one)}
          onClick={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect();
            // A key press has no place: it goes to the beginning.
            const within = event.detail === 0 ? 0 : (event.clientX - left) / width;
            player.seek(one.startMs + within * one.lengthMs);
          }}
        >
          {one.kind === 'clip' && one.item.hasPoster && <Poster itemId={one.item.id} kind="recording" />}
          {one.kind === 'clip' && one.item.damaged && <WarningOutlined aria-hidden className={css.warn ?? ''} />}
        </button>
      ))}
      <span className={css.here} style={{ left: share(player.positionMs) }} />
    </div>
  );

  function blockText(one: Stretch): string {
    const length = one.kind === 'clip' && one.item.durationMs === null ? t('lengthUnknown') : durationText(one.lengthMs);
    if (one.kind === 'gap') return t('gap', { length });
    const n = clips.indexOf(one) + 1;
    return t(one.item.damaged ? 'clipDamaged' : 'clipOf', { n, length });
  }
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
