import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { api, failureOf } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useCan } from '../session/index.ts';
import css from './details.module.css';

/** Of a card that cannot be mounted, an admin may have a raw image taken. */
export function ImageOffer({ card }: { card: PortCard }) {
  const { t } = useTranslation('wall');
  const allowed = useCan('station.configure');
  const { mutateAsync, data, error, isPending } = useMutation(api.wall.takeImage.mutationOptions());
  if (!allowed || !card.offersImage) return null;
  return (
    <section className={css.steering} aria-label={t('image.title')}>
      <div>
        <ConfirmTwice
          act={t('image.take')}
          thing={t('port', { port: card.port })}
          // Its failure is shown below.
          onConfirm={() => mutateAsync({ port: card.port }).catch(() => undefined)}
        >
          <p>{t('image.hint')}</p>
        </ConfirmTwice>
      </div>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </section>
  );
}
