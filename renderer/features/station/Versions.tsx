import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, failureOf } from '../../api/client.ts';
import { Facts } from '../../ui/Facts.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { CopyText } from '../../ui/text.tsx';
import css from './station.module.css';

/** Which program, runtime and tools this station runs on. */
export function Versions() {
  const { t } = useTranslation('station');
  const { data, error, refetch } = useQuery(api.station.versions.queryOptions());
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const text = data.map(({ name, version }) => `${name} ${version}`).join('\n');
  return (
    <section className={`${css.card} ${css.narrow}`}>
      <h2>{t('tabs.versions')}</h2>
      <Facts facts={data.map(({ name, version }) => [name === 'engine' ? t('engine') : name, version])} />
      <p className={css.quiet}>{t('versionsHint')}</p>
      <CopyText text={text} shown={t('allVersions')} />
    </section>
  );
}
