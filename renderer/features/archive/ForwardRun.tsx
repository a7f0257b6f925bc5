import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ForwardRun as Run } from '../../../main/contract/web/archive.ts';
import { api } from '../../api/client.ts';
import { RunPanel } from '../../ui/long-run.tsx';
import { useCan } from '../session/index.ts';

/** The push that somebody began: how far it is, or what came of the last one. */
export function ForwardRun() {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const { data: run, dataUpdatedAt } = useQuery(api.archive.forwardRun.queryOptions());
  const { mutateAsync } = useMutation(api.archive.cancelForward.mutationOptions());
  if (!run) return null;
  const label = t(run.onlyFailed ? 'forwardingFailed' : 'forwarding', { name: run.what });
  return (
    <>
      <RunPanel
        run={run}
        seenAt={dataUpdatedAt}
        label={label}
        stopHint={t('stopForward')}
        onCancel={allowed ? () => mutateAsync({ id: run.id }) : null}
      />
      {run.reports && <Outcome reports={run.reports} stopped={run.state === 'cancelled'} />}
    </>
  );
}

function Outcome({ reports, stopped }: { reports: NonNullable<Run['reports']>; stopped: boolean }) {
  const { t } = useTranslation('archive');
  const sum = (key: 'forwarded' | 'waiting') => reports.reduce((total, one) => total + one[key], 0);
  const counts = { forwarded: sum('forwarded'), waiting: sum('waiting') };
  const type = counts.waiting === 0 ? 'success' : 'info';
  return <Alert type={type} role="status" showIcon title={t(stopped ? 'forwardStopped' : 'forwarded', counts)} />;
}
