import { useTranslation } from 'react-i18next';
import type { CaseName, PersonName } from '../../../main/contract/web/base.ts';
import type { RecordingMark, RecordingRow } from '../../../main/contract/web/recordings.ts';
import { useTimeText } from '../../ui/text.tsx';

/** `张伟 012345`; null when nobody is known or the private record was erased. */
export function personText(person: PersonName | null): string | null {
  const text = [person?.name, person?.number].filter((part) => part).join(' ');
  return text === '' ? null : text;
}

/** Words for what rows hold, in the screen's language. */
export function useRecordingWords() {
  const { t } = useTranslation('recordings');
  const timeOf = useTimeText();
  return {
    caseText: (one: CaseName) => [one.number, one.title].filter((part) => part).join(' ') || t('erased'),
    /** When and by which camera: how people speak of a recording. */
    nameOf: (row: RecordingRow) => `${row.startLocal === null ? t('timeUnknown') : timeOf(row.startLocal)} · ${row.camera.serial}`,
    /** `亮证 · 第一次`: what a mark says. */
    markText: ({ kind, words }: Pick<RecordingMark, 'kind' | 'words'>) =>
      [kind === 'other' ? null : t(`marks.kind.${kind}`), words].filter((part) => part).join(' · ') || t('erased'),
    /** A length as people say it: 38 分 38 秒. */
    spoken: (ms: number) => {
      const seconds = Math.floor(ms / 1000);
      const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
      return h > 0 ? t('spoken.hours', { h, m, s }) : m > 0 ? t('spoken.minutes', { m, s }) : t('spoken.seconds', { s });
    },
  };
}
