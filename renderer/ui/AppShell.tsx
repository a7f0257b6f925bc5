import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import css from './app-shell.module.css';

/** The frame of every page: a rail on the left (places above, person and switches below), a strip for messages, the page. */
export function AppShell({ places, foot, banner, children }: { places: ReactNode; foot: ReactNode; banner: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('shell');
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#page">
        {t('skip')}
      </a>
      <nav className={css.rail} aria-label={t('places')}>
        <div className={css.places}>{places}</div>
        <div className={css.foot}>{foot}</div>
      </nav>
      <div className={css.main}>
        {banner}
        <main id="page" className={css.page} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** What an entry of the rail looks like; give it to a link or a button, with icon and word inside. */
export const railEntry = css.entry ?? '';
