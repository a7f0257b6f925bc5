import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/PageHeader.tsx';
import css from './archive.module.css';
import { Destinations } from './Destinations.tsx';
import { Queue } from './Queue.tsx';
import { Reconciliation } from './Reconciliation.tsx';

/** Where recordings go: the archives, what waits for them, and whether what they hold is what was recorded. */
export function ArchivePage() {
  const { t } = useTranslation('archive');
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      <div className={css.page}>
        <Destinations />
        <Queue />
        <Reconciliation />
      </div>
    </>
  );
}
