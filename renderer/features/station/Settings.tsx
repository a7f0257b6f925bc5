import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { Setting } from './Setting.tsx';
import { GROUPS, type Group } from './settings.pure.ts';
import css from './station.module.css';

/** The policy in force, by what it is about; a change is an entry of the ledger. */
export function Settings() {
  const { t } = useTranslation('station');
  const { data, error, refetch } = useQuery(api.station.policy.queryOptions());
  const allowed = useCan('station.configure');
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return (
    <div className={css.column}>
      <p className={css.quiet}>{t(allowed ? 'settingsHint' : 'settingsReadOnly')}</p>
      {(Object.keys(GROUPS) as Group[]).map((group) => (
        <section key={group} className={css.card} aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>{t(`groups.${group}`)}</h2>
          {GROUPS[group].map((key) => {
            const setting = data.find((one) => one.key === key);
            // A value set elsewhere makes the row new, so that it is never shown beside a stale one.
            return (
              setting && (
                <Setting
                  key={`${key} ${JSON.stringify(setting.value)}`}
                  policyKey={key}
                  saved={setting.value}
                  byDefault={setting.default}
                  allowed={allowed}
                />
              )
            );
          })}
        </section>
      ))}
    </div>
  );
}
