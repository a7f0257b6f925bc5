import { useEffect, useRef } from 'react';
import type { RecordingItem } from '../../../main/contract/web/recordings.ts';
import css from './player.module.css';

type ThumbProps = { place: { item: RecordingItem; offsetMs: number }; left: string; time: string; mark: string | undefined };

/**
 * What a place on the line looks like: the frame itself, out of the clip that plays anyway, so nothing has to be made
 * beforehand. Sound, and clips that do not play, have their time alone.
 */
export function Thumb({ place: { item, offsetMs }, left, time, mark }: ThumbProps) {
  const seen = item.mediaKind === 'video' && item.playable !== null;
  return (
    <span className={css.thumb} style={{ '--at': left }} data-testid="thumb">
      {seen && <Frame key={item.id} src={`/media/items/${item.id}/${item.playable}`} offsetMs={offsetMs} />}
      <span className={css.thumbWords}>{mark === undefined ? time : `${time} ${mark}`}</span>
    </span>
  );
}

function Frame({ src, offsetMs }: { src: string; offsetMs: number }) {
  const film = useRef<HTMLVideoElement>(null);
  const wanted = useRef(offsetMs);
  wanted.current = offsetMs;
  // One place at a time: a mouse passes more of them than a film can be asked for.
  const show = () => {
    const one = film.current;
    if (one && one.readyState > 0 && !one.seeking && Math.abs(one.currentTime * 1000 - wanted.current) > 40) one.currentTime = wanted.current / 1000;
  };
  useEffect(show, [offsetMs]);
  return <video ref={film} src={src} muted preload="auto" onLoadedMetadata={show} onSeeked={show} />;
}
