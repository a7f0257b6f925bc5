import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

type Props = {
  label: string;
  /** Null for every archive. */
  to: string | null;
  onlyFailed?: boolean;
  primary?: boolean;
};

/** Pushes what waits, now, and says what came of it; an archive that rests is asked too. */
export function ForwardButton({ label, to, onlyFailed = false, primary = false }: Props) {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const { mutate, data, error, isPending } = useMutation(api.archive.forward.mutationOptions());
  if (!allowed) return null;
  const run = () => mutate({ to, onlyFailed }, { onSettled: () => void queryClient.invalidateQueries({ queryKey: api.archive.key() }) });
  const sum = (key: 'forwarded' | 'waiting') => (data?.ok ? data.value.reduce((total, one) => total + one[key], 0) : 0);
  return (
    <div className={css.act}>
      <Button type={primary ? 'primary' : 'default'} loading={isPending} onClick={run}>
        {label}
      </Button>
      <span role="status">{data?.ok && !isPending && t('forwarded', { forwarded: sum('forwarded'), waiting: sum('waiting') })}</span>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </div>
  );
}
