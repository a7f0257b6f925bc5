import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { SteeringAct } from '../../../main/contract/api/docking.ts';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { api, failureOf } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useCan } from '../session/index.ts';
import css from './details.module.css';

const STEERED: readonly PortCard['state'][] = ['recognising', 'copying', 'proving', 'paused'];

/** Pause, go on, copy first, cancel: for whoever may, while there is something to copy. */
export function Steering({ card }: { card: PortCard }) {
  const { t } = useTranslation('wall');
  const allowed = useCan('dockings.steer');
  const { mutateAsync, variables, data, error, isPending } = useMutation(api.wall.steer.mutationOptions());
  if (!allowed || !STEERED.includes(card.state)) return null;
  // Its failure is shown below.
  const act = (act: SteeringAct) => mutateAsync({ port: card.port, act }).catch(() => undefined);
  const toggle = card.state === 'paused' ? 'resume' : 'pause';
  const busy = (act: SteeringAct) => isPending && variables.act === act;
  return (
    <section className={css.steering} aria-label={t('steer.title')}>
      <div>
        <Button type={toggle === 'resume' ? 'primary' : 'default'} loading={busy(toggle)} onClick={() => void act(toggle)}>
          {t(`steer.${toggle}`)}
        </Button>
        <Button loading={busy('first')} onClick={() => void act('first')}>
          {t('steer.first')}
        </Button>
        <ConfirmTwice act={t('steer.cancel')} thing={`${t('port', { port: card.port })} ${card.camera ?? ''}`} onConfirm={() => act('cancel')}>
          <p>{t('steer.cancelHint')}</p>
        </ConfirmTwice>
      </div>
      <span role="status">{data?.ok && !isPending && variables?.act === 'first' && t('steer.isFirst')}</span>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </section>
  );
}
