import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';

const SOURCES = ['operator', 'identity-file', 'name-pattern', 'usb-serial', 'volume-uuid', 'folder-name', 'identity-block'] as const;

/** Kinds of camera, and what their identity rests on, in the screen's language; what a newer station sends is shown as it is. */
export function useCameraWords() {
  const { t, i18n } = useTranslation('cameras');
  const { data: profiles } = useQuery(api.cameras.profiles.queryOptions());
  return {
    kindOf: (id: string) => profiles?.find((one) => one.id === id)?.[i18n.language === 'en' ? 'en' : 'zh'] ?? id,
    isLocked: (id: string) => profiles?.some((one) => one.id === id && one.locked) === true,
    sourceOf(source: string) {
      const known = SOURCES.find((one) => one === source);
      return known === undefined ? source : t(`sources.${known}`);
    },
  };
}
