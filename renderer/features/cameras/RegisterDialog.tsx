import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Input, Modal, Radio } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import css from './cameras.module.css';

/** Registers a camera before it has ever been docked, by serial and kind. */
export function RegisterDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('cameras');
  return (
    <Modal open={open} onCancel={onClose} footer={null} centered destroyOnHidden title={t('register')}>
      <RegisterForm onClose={onClose} />
    </Modal>
  );
}

function RegisterForm({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation('cameras');
  const id = useId();
  const { data: profiles } = useQuery(api.cameras.profiles.queryOptions());
  const { mutate, data, error, isPending } = useMutation(api.cameras.register.mutationOptions());
  const [serial, setSerial] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const profile = chosen ?? profiles?.[0]?.id ?? null;
  const ready = serial.trim() !== '' && profile !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const onSuccess = (outcome: { ok: boolean; value?: { known: boolean } }) => {
      void queryClient.invalidateQueries({ queryKey: api.cameras.key() });
      if (outcome.ok && outcome.value?.known === false) onClose();
    };
    mutate({ serial: serial.trim(), profile }, { onSuccess });
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <label htmlFor={id}>{t('serial')}</label>
      <Input id={id} size="large" autoFocus autoComplete="off" maxLength={100} value={serial} onChange={(event) => setSerial(event.target.value)} />
      <span id={`${id}-kind`}>{t('kind')}</span>
      <Radio.Group
        className={css.options ?? ''}
        aria-labelledby={`${id}-kind`}
        value={profile}
        options={profiles?.map((one) => ({ value: one.id, label: i18n.language === 'en' ? one.en : one.zh })) ?? []}
        onChange={(event) => setChosen(String(event.target.value))}
      />
      {data?.ok && data.value.known && <Alert type="info" role="alert" showIcon title={t('known')} />}
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      <div className={css.bar}>
        <Button type="primary" size="large" htmlType="submit" loading={isPending} disabled={!ready}>
          {t('register')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </form>
  );
}
