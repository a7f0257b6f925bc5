import { useMutation } from '@tanstack/react-query';
import { Button, Checkbox, Input, Modal } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../../main/contract/web/permissions.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { CopyText } from '../../ui/text.tsx';
import type { Subject } from './person.ts';
import css from './station.module.css';

const ROLES: readonly Role[] = ['officer', 'supervisor', 'archivist', 'reviewer', 'auditor', 'admin'];

/** Gives a person roles; the one-time PIN that comes of it is shown once, here, and is forgotten when this closes. */
export function AccessDialog({ subject, onClose }: { subject: Subject | null; onClose: () => void }) {
  const { t } = useTranslation('station');
  return (
    <Modal
      open={subject !== null}
      onCancel={onClose}
      footer={null}
      centered
      destroyOnHidden
      mask={{ closable: false }}
      title={t(subject?.isNew === false ? 'changeTitle' : 'giveAccess')}
    >
      {subject && <AccessForm subject={subject} onClose={onClose} />}
    </Modal>
  );
}

function AccessForm({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const { t } = useTranslation('station');
  const { t: ofSession } = useTranslation('session');
  const id = useId();
  const [{ number, name, roles }, setValues] = useState(subject);
  const type = (change: Partial<Subject>) => setValues((old) => ({ ...old, ...change }));
  // Kept no longer than this form: its answer holds a PIN.
  const { mutate, data, error, isPending } = useMutation({ ...api.session.giveAccess.mutationOptions(), gcTime: 0 });
  const ready = number.trim() !== '' && name.trim() !== '' && roles.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = { number: number.trim(), name: name.trim(), roles };
    if (ready) mutate(input, { onSuccess: () => void queryClient.invalidateQueries({ queryKey: api.session.people.key() }) });
  };
  if (data?.ok && data.value.oneTimePin !== null) return <OneTimePin name={name} pin={data.value.oneTimePin} onClose={onClose} />;
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <label htmlFor={`${id}-number`}>{t('number')}</label>
      <Input
        id={`${id}-number`}
        size="large"
        autoComplete="off"
        maxLength={60}
        disabled={!subject.isNew}
        value={number}
        onChange={(event) => type({ number: event.target.value })}
      />
      <label htmlFor={`${id}-name`}>{t('name')}</label>
      <Input id={`${id}-name`} size="large" autoComplete="off" maxLength={60} value={name} onChange={(event) => type({ name: event.target.value })} />
      <span id={`${id}-roles`}>{t('roles')}</span>
      <Checkbox.Group
        className={css.options ?? ''}
        role="group"
        aria-labelledby={`${id}-roles`}
        value={roles}
        onChange={(next) => type({ roles: next })}
      >
        {ROLES.map((role) => (
          <Checkbox key={role} value={role}>
            <strong>{ofSession(`roles.${role}`)}</strong> <span className={css.quiet}>{t(`roleHints.${role}`)}</span>
          </Checkbox>
        ))}
      </Checkbox.Group>
      <p className={css.quiet}>{t(subject.isNew ? 'newPinHint' : 'changedPinHint')}</p>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      <div className={css.choices}>
        <Button type="primary" size="large" htmlType="submit" loading={isPending} disabled={!ready}>
          {t('givePin')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}

function OneTimePin({ name, pin, onClose }: { name: string; pin: string; onClose: () => void }) {
  const { t } = useTranslation('station');
  return (
    <div className={css.form} role="status">
      <p>{t('oneTimePin', { name })}</p>
      <p className={css.pin} data-testid="one-time-pin">
        <CopyText text={pin} />
      </p>
      <p className={css.quiet}>{t('oneTimePinHint')}</p>
      <div>
        <Button type="primary" size="large" onClick={onClose}>
          {t('handedOver')}
        </Button>
      </div>
    </div>
  );
}
