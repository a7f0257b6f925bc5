import { useTranslation } from 'react-i18next';
import { failureOf } from '../../api/client.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import css from './archive.module.css';
import { Destinations } from './Destinations.tsx';
import { Queue } from './Queue.tsx';
import { Reconciliation } from './Reconciliation.tsx';
import { Stations } from './Stations.tsx';
import { useDestinations } from './use-destinations.ts';

/** Where recordings go: the archives, what waits for them, and whether what they hold is what was recorded. */
export function ArchivePage() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useDestinations();
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {error && data === undefined ? (
        // A station that does not answer is said once, not by each part of the page.
        <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />
      ) : (
        <div className={css.page}>
          <Destinations />
          <Queue />
          <Stations />
          <Reconciliation />
        </div>
      )}
    </>
  );
}
