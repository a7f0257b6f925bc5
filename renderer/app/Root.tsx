import {
  ApiOutlined,
  AppstoreOutlined,
  FolderOutlined,
  GlobalOutlined,
  InboxOutlined,
  LinkOutlined,
  LoginOutlined,
  LogoutOutlined,
  MoonOutlined,
  PlayCircleOutlined,
  SafetyCertificateOutlined,
  SunOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { mayOpen, SCREENS, type Screen } from '../../main/contract/web/permissions.ts';
import { client } from '../api/client.ts';
import { useConnection } from '../api/connection.ts';
import { forgetSession, IdleWatch, SignInButton, useSession } from '../features/session/index.ts';
import { AppShell, railEntry } from '../ui/AppShell.tsx';
import { prefer, usePreferences } from '../ui/preferences.ts';
import css from './root.module.css';

const PLACES = {
  wall: ['/', AppstoreOutlined],
  recordings: ['/recordings', PlayCircleOutlined],
  link: ['/link', LinkOutlined],
  cases: ['/cases', FolderOutlined],
  archive: ['/archive', InboxOutlined],
  cameras: ['/cameras', VideoCameraOutlined],
  station: ['/station', SafetyCertificateOutlined],
} as const satisfies Record<Screen, unknown>;

export function Root() {
  return (
    <AppShell places={<Places />} foot={<Foot />} banner={<Banners />}>
      <Outlet />
      <IdleWatch />
    </AppShell>
  );
}

function Places() {
  const { t } = useTranslation('shell');
  const { session } = useSession();
  // Before anybody has signed in, each entry leads to the sign-in that it needs.
  const screens = (Object.keys(SCREENS) as Screen[]).filter((screen) => session === null || mayOpen(session.permissions, screen));
  return screens.map((screen) => {
    const [to, Icon] = PLACES[screen];
    return (
      <Link key={to} to={to} className={railEntry} activeOptions={{ exact: to === '/', includeSearch: false }}>
        <Icon aria-hidden />
        {t(screen)}
      </Link>
    );
  });
}

function Foot() {
  const { t } = useTranslation('shell');
  const { theme, language } = usePreferences();
  const dark = theme === 'dark';
  return (
    <>
      <Person />
      <button type="button" className={railEntry} onClick={() => prefer({ theme: dark ? 'light' : 'dark' })}>
        {dark ? <SunOutlined aria-hidden /> : <MoonOutlined aria-hidden />}
        {t(dark ? 'toLight' : 'toDark')}
      </button>
      <button
        type="button"
        className={railEntry}
        lang={language === 'en' ? 'zh-CN' : 'en'}
        onClick={() => prefer({ language: language === 'en' ? 'zh-CN' : 'en' })}
      >
        <GlobalOutlined aria-hidden />
        {t('otherLanguage')}
      </button>
    </>
  );
}

function Person() {
  const { t } = useTranslation('session');
  const { session } = useSession();
  if (session === null) {
    return (
      <SignInButton className={railEntry}>
        <LoginOutlined aria-hidden />
        {t('signIn')}
      </SignInButton>
    );
  }
  const signOut = () => void client.session.signOut().finally(forgetSession);
  return (
    <>
      <span className={css.person} title={session.roles.map((role) => t(`roles.${role}`)).join(' · ')}>
        {session.person.name ?? session.person.number}
      </span>
      <button type="button" className={railEntry} onClick={signOut}>
        <LogoutOutlined aria-hidden />
        {t('signOut')}
      </button>
    </>
  );
}

function Banners() {
  const { t } = useTranslation('shell');
  const { state } = useConnection();
  const { needsSetUp } = useSession();
  const settingUp = useLocation({ select: ({ pathname }) => pathname === '/set-up' });
  return (
    <div aria-live="polite">
      {state === 'lost' && (
        <div className={css.banner} data-kind="lost">
          <ApiOutlined aria-hidden />
          <strong>{t('lost')}</strong>
          <span>{t('lostNext')}</span>
        </div>
      )}
      {needsSetUp && !settingUp && (
        <div className={css.banner}>
          <SafetyCertificateOutlined aria-hidden />
          <strong>{t('noAdmin')}</strong>
          <Link to="/set-up">{t('setUp')}</Link>
        </div>
      )}
    </div>
  );
}
