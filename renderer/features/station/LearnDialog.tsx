import { UsbOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, InputNumber, Modal } from 'antd';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import css from './station.module.css';

type LearnDialogProps = { open: boolean /** The number to begin with. */; first: number; onClose: () => void };

/** Shows the station which socket is which port: a number, then a camera is plugged in there, then the next number. */
export function LearnDialog({ open, first, onClose }: LearnDialogProps) {
  const { t } = useTranslation('station');
  return (
    <Modal open={open} onCancel={onClose} footer={null} centered destroyOnHidden mask={{ closable: false }} title={t('learnTitle')}>
      <LearnForm first={first} onClose={onClose} />
    </Modal>
  );
}

function LearnForm({ first, onClose }: Omit<LearnDialogProps, 'open'>) {
  const { t } = useTranslation('station');
  const id = useId();
  const [port, setPort] = useState<number | null>(first);
  const waiting = useRef<AbortController | null>(null);
  // Closed, nothing is waited for any more.
  useEffect(() => () => waiting.current?.abort(), []);
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (wanted: number) => {
      waiting.current = new AbortController();
      return client.station.learnPort({ port: wanted }, { signal: waiting.current.signal });
    },
    onSuccess: (outcome) => {
      if (outcome.ok) setPort(outcome.value.port + 1);
      void queryClient.invalidateQueries({ queryKey: api.station.usbPorts.key() });
    },
  });
  const stop = () => {
    waiting.current?.abort();
    reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (port !== null) mutate(port);
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <p className={css.quiet}>{t('learnHint')}</p>
      <label htmlFor={id}>{t('port')}</label>
      <InputNumber id={id} size="large" min={1} max={999} precision={0} disabled={isPending} value={port} onChange={setPort} />
      <div role="status">
        {isPending && (
          <p className={css.big}>
            <UsbOutlined aria-hidden /> {t('plugNow', { port })}
          </p>
        )}
        {!isPending && data?.ok && <p className={css.good}>{t('learnedNow', { port: data.value.port, device: data.value.device })}</p>}
      </div>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      <div className={css.choices}>
        {isPending ? (
          <Button size="large" onClick={stop}>
            {t('stopWaiting')}
          </Button>
        ) : (
          <>
            <Button type="primary" size="large" htmlType="submit" disabled={port === null}>
              {t('startLearning')}
            </Button>
            <Button size="large" onClick={onClose}>
              {t('learnDone')}
            </Button>
          </>
        )}
      </div>
    </form>
  );
}
