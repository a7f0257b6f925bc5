import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { isUnderWay } from '../../ui/long-run.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

type Props = {
  label: string;
  /** Null for every archive. */
  to: string | null;
  onlyFailed?: boolean;
  primary?: boolean;
};

/** Begins to push what waits; an archive that rests is asked too. What comes of it shows in `ForwardRun`. */
export function ForwardButton({ label, to, onlyFailed = false, primary = false }: Props) {
  const allowed = useCan('archive.run');
  const { data: run } = useQuery(api.archive.forwardRun.queryOptions());
  const { mutate, data, error, isPending } = useMutation(api.archive.forward.mutationOptions());
  if (!allowed) return null;
  const start = () => mutate({ to, onlyFailed }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.archive.forwardRun.key() }) });
  return (
    <div className={css.act}>
      <Button type={primary ? 'primary' : 'default'} loading={isPending} disabled={isUnderWay(run)} onClick={start}>
        {label}
      </Button>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </div>
  );
}
