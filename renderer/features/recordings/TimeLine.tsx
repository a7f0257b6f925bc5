import { WarningOutlined } from '@ant-design/icons';
import { type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingMark } from '../../../main/contract/web/recordings.ts';
import { durationText } from '../../ui/format.pure.ts';
import { Poster } from './Poster.tsx';
import css from './player.module.css';
import { Thumb } from './Thumb.tsx';
import { placeAt, placeOf, type Stretch } from './timeline.pure.ts';
import type { usePlayer } from './use-player.ts';
import { useRecordingWords } from './words.ts';

/** The part of the line on each side of a flag in which a mouse means the flag. */
const NEAR = 0.01;

type TimeLineProps = { player: ReturnType<typeof usePlayer>; marks: readonly RecordingMark[] };

/** The whole recording as one line: clips as blocks, gaps hatched, marks as flags; a mouse over it sees what is there. */
export function TimeLine({ player, marks }: TimeLineProps) {
  const { t } = useTranslation('recordings');
  const { markText } = useRecordingWords();
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const { stretches, totalMs } = player;
  const share = (ms: number) => `${(100 * ms) / Math.max(1, totalMs)}%`;
  const clips = stretches.filter((one) => one.kind === 'clip');
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType === 'touch') return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setHoverMs(Math.max(0, Math.min(totalMs, (totalMs * (event.clientX - left)) / width)));
  };
  const near = marks.find((mark) => {
    const atMs = placeOf(stretches, mark);
    return hoverMs !== null && atMs !== null && Math.abs(atMs - hoverMs) <= totalMs * NEAR;
  });
  const hovered = hoverMs === null ? null : placeAt(stretches, hoverMs);
  return (
    <div className={css.lineRoom} onPointerMove={onMove} onPointerLeave={() => setHoverMs(null)}>
      {hoverMs !== null && hovered && <Thumb place={hovered} left={share(hoverMs)} time={durationText(hoverMs)} mark={near && markText(near)} />}
      <div className={css.line}>
        {stretches.map((one) => (
          <button
            key={one.startMs}
            type="button"
            className={css.block}
            data-kind={one.kind === 'gap' ? 'gap' : one.item.damaged ? 'damaged' : 'clip'}
            data-current={one.kind === 'clip' && one.item.id === player.current?.item.id}
            style={{ left: share(one.startMs), width: share(one.lengthMs) }}
            aria-label={blockText(one)}
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
        {marks.map((mark) => {
          const atMs = placeOf(stretches, mark);
          return atMs !== null && <span key={mark.id} className={css.flag} data-kind={mark.kind} style={{ left: share(atMs) }} />;
        })}
        <span className={css.here} style={{ left: share(player.positionMs) }} />
      </div>
    </div>
  );

  function blockText(one: Stretch): string {
    const length = one.kind === 'clip' && one.item.durationMs === null ? t('lengthUnknown') : durationText(one.lengthMs);
    if (one.kind === 'gap') return t('gap', { length });
    const n = clips.indexOf(one) + 1;
    return t(one.item.damaged ? 'clipDamaged' : 'clipOf', { n, length });
  }
}
