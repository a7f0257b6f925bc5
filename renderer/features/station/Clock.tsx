import { CheckCircleOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { useConnection } from '../../api/connection.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './station.module.css';

/** Whether the station's clock was checked, and the confirmation of an admin where no network does it. */
export function Clock({ source }: { source: string }) {
  const { t } = useTranslation('station');
  const { clockOffsetMs } = useConnection();
  const checked = source === 'station-checked';
  const [asking, setAsking] = useState<string | null>(null);
  const allowed = useCan('station.configure');
  const { mutate, error, isPending } = useMutation(api.station.confirmClock.mutationOptions());
  const confirm = () =>
    mutate(undefined, {
      onSettled: () => setAsking(null),
      onSuccess: () => void queryClient.invalidateQueries({ queryKey: api.station.key() }),
    });
  return (
    <>
      <p className={checked ? css.good : css.doubt}>
        {checked ? <CheckCircleOutlined aria-hidden /> : <QuestionCircleOutlined aria-hidden />} {t(checked ? 'clockChecked' : 'clockUnchecked')}
      </p>
      <p className={css.quiet}>{t(checked ? 'clockCheckedHint' : 'clockUncheckedHint')}</p>
      {allowed && !checked && (
        <div>
          <Button onClick={() => setAsking(new Date(Date.now() + clockOffsetMs).toISOString())}>{t('confirmClock')}</Button>
        </div>
      )}
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : null} />
      <Modal
        open={asking !== null}
        centered
        title={t('confirmClockTitle')}
        okText={t('confirmClockYes')}
        okButtonProps={{ loading: isPending }}
        onOk={confirm}
        onCancel={() => setAsking(null)}
      >
        <p className={css.big}>
          <TimeText at={asking} />
        </p>
        <p>{t('confirmClockHint')}</p>
      </Modal>
    </>
  );
}
