import { useTranslation } from 'react-i18next';
import { NotBuilt } from '../../ui/NotBuilt.tsx';

export function CasePage() {
  const { t } = useTranslation('shell');
  return <NotBuilt title={t('cases')} />;
}
