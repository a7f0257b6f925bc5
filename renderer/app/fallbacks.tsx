import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { failed } from '../../main/contract/errors.ts';
import { failureOf } from '../api/client.ts';
import { Loading } from '../ui/Loading.tsx';
import { EmptyState, ErrorPanel } from '../ui/panels.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState alone title={t('notFound')} action={<Link to="/">{t('toWall')}</Link>}>
      <p>{t('notFoundNext')}</p>
    </EmptyState>
  );
}

/** A page threw: a refusal of the station is said as such, everything else is a bug of ours. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const failure = failureOf(error);
  return (
    <ErrorPanel failure={failure ?? failed('internal.bug', error instanceof Error ? error.message : String(error)).failure} onRetry={reset} alone />
  );
}

export function Waiting() {
  return <Loading place="page" />;
}
