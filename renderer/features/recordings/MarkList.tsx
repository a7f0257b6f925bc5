import { CaretRightOutlined, FlagOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, type InputRef } from 'antd';
import { type RefObject, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingMark } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { durationText } from '../../ui/format.pure.ts';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './mark-list.module.css';
import { placeOf } from './timeline.pure.ts';
import type { usePlayer } from './use-player.ts';
import { personText, useRecordingWords } from './words.ts';

type MarksProps = { id: string; player: ReturnType<typeof usePlayer>; marks: readonly RecordingMark[]; input: RefObject<InputRef | null> };

/** Places worth finding again: made where the film stands, listed, gone to, taken back. */
export function MarkList({ id, player, marks, input }: MarksProps) {
  const { t } = useTranslation('recordings');
  const may = useCan('recordings.mark');
  return (
    <section className={css.marks} aria-labelledby="marks">
      <h2 id="marks">{t('marks.title')}</h2>
      {may && <NewMark id={id} player={player} input={input} />}
      {marks.length === 0 && <p className={css.quiet}>{t(may ? 'marks.none' : 'marks.noneAtAll')}</p>}
      <ol className={css.list}>
        {marks.map((mark) => (
          <Mark key={mark.id} recording={id} mark={mark} player={player} may={may} />
        ))}
      </ol>
    </section>
  );
}

function NewMark({ id, player, input }: Omit<MarksProps, 'marks'>) {
  const { t } = useTranslation('recordings');
  const cache = useQueryClient();
  const [words, setWords] = useState('');
  const { mutate, data, error, isPending } = useMutation(api.recordings.mark.mutationOptions());
  const add = (kind: RecordingMark['kind']) => {
    const place = player.placeNow();
    if (!place || isPending) return;
    // The film's own clock can run some milliseconds past the length that was measured.
    const offsetMs = Math.floor(Math.min(place.offsetMs, place.item.durationMs ?? place.offsetMs));
    mutate(
      { id, itemId: place.item.id, offsetMs, kind, words },
      {
        onSuccess: (outcome) => {
          if (outcome.ok) setWords('');
          void cache.invalidateQueries({ queryKey: api.recordings.key() });
        },
      },
    );
  };
  return (
    <>
      <form
        className={css.add}
        onSubmit={(event) => {
          event.preventDefault();
          if (words.trim() !== '') add('other');
        }}
      >
        <span>{t('marks.here', { time: durationText(player.positionMs) })}</span>
        {(['credential-shown', 'rights-told'] as const).map((kind) => (
          <Button key={kind} disabled={isPending} onClick={() => add(kind)}>
            {t(`marks.kind.${kind}`)}
          </Button>
        ))}
        <Input
          ref={input}
          className={css.words ?? ''}
          maxLength={40}
          aria-label={t('marks.words')}
          placeholder={t('marks.words')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          // Back to the keys of the player.
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
        <Button htmlType="submit" icon={<FlagOutlined aria-hidden />} disabled={isPending || words.trim() === ''}>
          {t('marks.add')}
        </Button>
      </form>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </>
  );
}

type MarkProps = { recording: string; mark: RecordingMark; player: MarksProps['player']; may: boolean };

function Mark({ recording, mark, player, may }: MarkProps) {
  const { t } = useTranslation('recordings');
  const { markText } = useRecordingWords();
  const cache = useQueryClient();
  const { mutateAsync, data, error } = useMutation(api.recordings.unmark.mutationOptions());
  const atMs = placeOf(player.stretches, mark);
  const time = atMs === null ? '—' : durationText(atMs);
  const text = markText(mark);
  const takeBack = () =>
    mutateAsync({ id: recording, markId: mark.id })
      .then(() => cache.invalidateQueries({ queryKey: api.recordings.key() }))
      // Said below the mark.
      .catch(() => undefined);
  return (
    <li className={css.mark}>
      <Button
        icon={<CaretRightOutlined aria-hidden />}
        disabled={atMs === null}
        aria-label={t('marks.goTo', { time, text })}
        onClick={() => atMs !== null && player.seek(atMs)}
      >
        {time}
      </Button>
      <strong>{text}</strong>
      <span className={css.quiet}>
        {personText(mark.by) ?? t('erased')} <TimeText at={mark.at} as="minute" />
      </span>
      {may && (
        <ConfirmTwice calm act={t('marks.takeBack')} thing={`${time} ${text}`} onConfirm={takeBack}>
          {t('marks.takeBackHint')}
        </ConfirmTwice>
      )}
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </li>
  );
}
