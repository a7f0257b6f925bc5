import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { bytesText } from '../../ui/format.pure.ts';
import { useTimeText } from '../../ui/text.tsx';

/** "12/40 files · 38 MB/s · ready 18:04": what is known of it. */
export function useProgressLine(): (card: PortCard) => { key: 'files' | 'rate' | 'ready'; text: string }[] {
  const { t } = useTranslation('wall');
  const timeOf = useTimeText();
  return (card) =>
    (
      [
        { key: 'files', text: card.files > 0 ? t('files', { done: card.doneFiles, count: card.files }) : '' },
        { key: 'rate', text: card.bytesPerSecond === null ? '' : t('rate', { rate: bytesText(card.bytesPerSecond) }) },
        { key: 'ready', text: card.readyAt === null ? '' : t('ready', { time: timeOf(card.readyAt, 'clock') }) },
      ] as const
    ).filter(({ text }) => text !== '');
}
