import { useEffect, useRef, useState } from 'react';
import type { RecordingItem } from '../../../main/contract/web/recordings.ts';
import { keepAlive } from '../session/index.ts';
import { layOut, placeAt } from './timeline.pure.ts';

const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4];
const ARROW_MS = 5000;
const LEAP_MS = 10_000;
/** A frame's length where the file does not tell its rate. */
const FRAME_S = 1 / 25;

/** Plays the clips of a recording as one film: position, seeking and keys are those of the whole line. */
export function usePlayer(items: readonly RecordingItem[], moreKeys: Record<string, () => void> = {}) {
  const { stretches, totalMs, measured } = layOut(items);
  const clips = stretches.filter((one) => one.kind === 'clip');
  const video = useRef<HTMLVideoElement>(null);
  const wanted = useRef({ offsetMs: 0, play: false });
  const [currentId, setCurrentId] = useState(() => (clips.find((one) => one.item.playable !== null) ?? clips[0])?.item.id ?? null);
  const [positionMs, setPositionMs] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [broken, setBroken] = useState<string | null>(null);
  const current = clips.find((one) => one.item.id === currentId) ?? null;

  const seek = (ms: number) => {
    const place = placeAt(stretches, Math.max(0, ms));
    if (!place) return;
    setPositionMs((clips.find((one) => one.item.id === place.item.id)?.startMs ?? 0) + place.offsetMs);
    if (place.item.id === currentId && video.current) {
      video.current.currentTime = place.offsetMs / 1000;
      return;
    }
    wanted.current = { offsetMs: place.offsetMs, play: playing };
    setCurrentId(place.item.id);
  };
  const toggle = () => {
    const film = video.current;
    if (film) void (film.paused ? film.play().catch(() => {}) : film.pause());
  };
  const setRate = (next: number) => {
    setSpeed(next);
    if (video.current) video.current.playbackRate = next;
  };
  const faster = (by: 1 | -1) => {
    const at = SPEEDS.indexOf(speed) + by;
    setRate(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))] ?? 1);
  };
  const step = (by: 1 | -1) => {
    const film = video.current;
    if (!film) return;
    film.pause();
    film.currentTime = Math.max(0, film.currentTime + by * frameOf(current?.item));
  };
  const next = () => {
    const after = clips.slice(clips.findIndex((one) => one.item.id === currentId) + 1).find((one) => one.item.playable !== null);
    if (!after) return setPlaying(false);
    wanted.current = { offsetMs: 0, play: true };
    setCurrentId(after.item.id);
  };
  /** Where the film stands to the frame; what is shown of it is up to a quarter of a second old. */
  const placeNow = () =>
    current && video.current ? { item: current.item, offsetMs: video.current.currentTime * 1000 } : placeAt(stretches, positionMs);
  useKeys({
    ' ': toggle,
    k: () => video.current?.pause(),
    l: () => (video.current?.paused ? toggle() : faster(1)),
    j: () => seek(positionMs - LEAP_MS),
    ArrowLeft: () => seek(positionMs - ARROW_MS),
    ArrowRight: () => seek(positionMs + ARROW_MS),
    ',': () => step(-1),
    '.': () => step(1),
    ...moreKeys,
  });
  const film = {
    ref: video,
    onLoadedMetadata: () => {
      if (!video.current) return;
      video.current.currentTime = wanted.current.offsetMs / 1000;
      video.current.playbackRate = speed;
      if (wanted.current.play) void video.current.play().catch(() => {});
    },
    onTimeUpdate: () => {
      if (!video.current || !current) return;
      setPositionMs(current.startMs + video.current.currentTime * 1000);
      if (!video.current.paused) keepAlive();
    },
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onEnded: next,
    onError: () => setBroken(currentId),
  };
  return {
    film,
    stretches,
    totalMs,
    measured,
    current,
    positionMs,
    playing,
    speed,
    speeds: SPEEDS,
    broken: broken === currentId,
    seek,
    placeNow,
    toggle,
    setRate,
  };
}

function frameOf(item: RecordingItem | undefined): number {
  const rate = Number(item?.streams.map((one) => /([\d.]+) fps/.exec(one)?.[1]).find((one) => one !== undefined));
  return rate > 0 ? 1 / rate : FRAME_S;
}

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof HTMLElement && target.closest(selector) !== null;
}

/** Keys of the whole page, but not while a person types. */
function useKeys(acts: Record<string, () => void>): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = isWithin(event.target, 'input, select, textarea, [role="dialog"]');
      // On a button the space bar presses it.
      const busy = typing || (event.key === ' ' && isWithin(event.target, 'button, a, summary'));
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act || busy || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
