import { useTranslation } from 'react-i18next';
import { PageHeader } from './PageHeader.tsx';
import { EmptyState } from './panels.tsx';

/** A place whose page does not exist yet, said plainly. */
export function NotBuilt({ title }: { title: string }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={title} />
      <EmptyState title={t('notBuilt')}>
        <p>{t('notBuiltNext')}</p>
      </EmptyState>
    </>
  );
}
