import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { RunPanel } from '../../ui/long-run.tsx';
import { useCan } from '../session/index.ts';

/** The push that somebody began: how far it is, or how the last one ended. */
export function ForwardRun() {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const { data: run, dataUpdatedAt } = useQuery(api.archive.forwardRun.queryOptions());
  const { mutateAsync } = useMutation(api.archive.cancelForward.mutationOptions());
  if (!run) return null;
  const label = t(run.onlyFailed ? 'forwardingFailed' : 'forwarding', { name: run.what });
  const { forwarded = 0, waiting = 0 } = run.figures;
  return (
    <RunPanel
      run={run}
      seenAt={dataUpdatedAt}
      label={label}
      stopHint={t('stopForward')}
      outcome={t(run.state === 'cancelled' ? 'forwardStopped' : 'forwarded', { forwarded, waiting })}
      onCancel={allowed ? () => mutateAsync({ id: run.id }) : null}
    />
  );
}
