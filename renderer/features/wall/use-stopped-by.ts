import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';

/** "Paused by 张 ··45": who stopped the copying; null when nobody did. */
export function useStoppedBy(): (card: PortCard) => string | null {
  const { t } = useTranslation('wall');
  return ({ state, stoppedBy }) => {
    if (stoppedBy === null) return null;
    const what = state === 'paused' ? 'paused' : 'cancelled';
    if (stoppedBy.kind === 'cli') return t(`stopped.${what}Console`);
    return stoppedBy.name === null ? t(`stopped.${what}Somebody`) : t(`stopped.${what}`, { name: stoppedBy.name });
  };
}
