import { useLocation, useNavigate } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../api/client.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { AllStations } from './AllStations.tsx';
import css from './archive.module.css';
import { Destinations } from './Destinations.tsx';
import { Queue } from './Queue.tsx';
import { Reconciliation } from './Reconciliation.tsx';
import { useDestinations } from './use-destinations.ts';

const TABS = { own: OwnStation, all: AllStations };
type Tab = keyof typeof TABS;

/** Where recordings go, and whether what lies there is what was recorded: of this station, or of all (`/archive#all`). */
export function ArchivePage() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useDestinations();
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {error && data === undefined ? (
        // A station that does not answer is said once, not by each part of the page.
        <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />
      ) : (
        <Tabs
          className={css.tabs ?? ''}
          size="large"
          destroyOnHidden
          activeKey={hash === 'all' ? 'all' : 'own'}
          onChange={(tab) => void navigate({ to: '/archive', search: {}, hash: tab === 'own' ? '' : tab, replace: true })}
          items={(Object.keys(TABS) as Tab[]).map((tab) => {
            const Page = TABS[tab];
            return { key: tab, label: t(`tabs.${tab}`), children: <Page /> };
          })}
        />
      )}
    </>
  );
}

/** The archives, what waits for them, and whether what they hold of this station is what was recorded. */
function OwnStation() {
  return (
    <div className={css.page}>
      <Destinations />
      <Queue />
      <Reconciliation />
    </div>
  );
}
