import { useTranslation } from 'react-i18next';
import { NotBuilt } from '../../ui/NotBuilt.tsx';

export function ArchivePage() {
  const { t } = useTranslation('shell');
  return <NotBuilt title={t('archive')} />;
}
