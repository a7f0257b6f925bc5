import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, Modal, Radio } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import css from './cameras.module.css';

type PasswordDialogProps = {
  open: boolean;
  onClose: () => void;
  /** Whose password it is; null for every camera of a kind. */
  camera: { id: string; serial: string } | null;
};

/** Keeps the password that unlocks a camera, or all of a kind. One that is kept is never shown. */
export function PasswordDialog({ open, onClose, camera }: PasswordDialogProps) {
  const { t } = useTranslation('cameras');
  const title = camera === null ? t('passwordOfKind') : t('passwordOf', { serial: camera.serial });
  return (
    <Modal open={open} onCancel={onClose} footer={null} centered destroyOnHidden title={title}>
      <PasswordForm onClose={onClose} camera={camera} />
    </Modal>
  );
}

function PasswordForm({ onClose, camera }: Omit<PasswordDialogProps, 'open'>) {
  const { t, i18n } = useTranslation('cameras');
  const id = useId();
  const { data: profiles } = useQuery(api.cameras.profiles.queryOptions());
  const { mutate, data, error, isPending } = useMutation(api.cameras.setPassword.mutationOptions());
  const [login, setLogin] = useState<'user' | 'admin'>('user');
  const [password, setPassword] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const kinds = profiles?.filter((one) => one.locked) ?? [];
  const profile = chosen ?? kinds[0]?.id ?? null;
  const owner = camera !== null ? { camera: camera.id } : profile !== null ? { profile } : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (owner && password !== '') mutate({ owner, login, password }, { onSuccess: (outcome) => outcome.ok && onClose() });
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <p>{t(camera === null ? 'passwordOfKindHint' : 'passwordHint')}</p>
      {camera === null && (
        <>
          <span id={`${id}-kind`}>{t('kind')}</span>
          <Radio.Group
            className={css.kinds ?? ''}
            aria-labelledby={`${id}-kind`}
            value={profile}
            options={kinds.map((one) => ({ value: one.id, label: i18n.language === 'en' ? one.en : one.zh }))}
            onChange={(event) => setChosen(String(event.target.value))}
          />
        </>
      )}
      <span id={`${id}-login`}>{t('login')}</span>
      <Radio.Group
        className={css.kinds ?? ''}
        aria-labelledby={`${id}-login`}
        value={login}
        options={(['user', 'admin'] as const).map((one) => ({ value: one, label: t(`logins.${one}`) }))}
        onChange={(event) => setLogin(event.target.value)}
      />
      <label htmlFor={id}>{t('password')}</label>
      <Input.Password
        id={id}
        size="large"
        autoFocus
        autoComplete="new-password"
        maxLength={64}
        visibilityToggle={false}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      <div className={css.bar}>
        <Button type="primary" size="large" htmlType="submit" loading={isPending} disabled={owner === null || password === ''}>
          {t('keepPassword')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </form>
  );
}
