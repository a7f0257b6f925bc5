import { useLocation, useNavigate } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { useCan, useSession } from '../session/index.ts';
import { Checks } from './Checks.tsx';
import { Log } from './Log.tsx';
import { Overview } from './Overview.tsx';
import { People } from './People.tsx';
import { Ports } from './Ports.tsx';
import { Settings } from './Settings.tsx';
import css from './station.module.css';
import { Versions } from './Versions.tsx';

const TABS = ['overview', 'checks', 'ports', 'settings', 'people', 'versions', 'log'] as const;
const PAGES = { overview: Overview, checks: Checks, ports: Ports, settings: Settings, people: People, versions: Versions, log: Log };

/** The station itself. Which part is open is in the address (`/station#log`). */
export function StationPage() {
  const { t } = useTranslation('station');
  const { stationCode } = useSession();
  const managesPeople = useCan('people.manage');
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate();
  const tabs = TABS.filter((tab) => tab !== 'people' || managesPeople);
  return (
    <>
      <PageHeader title={t('title')} hint={stationCode ?? undefined} />
      <Tabs
        className={css.tabs ?? ''}
        size="large"
        destroyOnHidden
        activeKey={tabs.find((tab) => tab === hash) ?? 'overview'}
        onChange={(tab) => void navigate({ to: '/station', hash: tab, replace: true })}
        items={tabs.map((tab) => {
          const Page = PAGES[tab];
          return { key: tab, label: t(`tabs.${tab}`), children: <Page /> };
        })}
      />
    </>
  );
}
