import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../../main/contract/errors.ts';
import { api, failureOf } from '../../api/client.ts';
import { Field } from './Field.tsx';
import { Keypad } from './Keypad.tsx';
import css from './session.module.css';
import { Trouble } from './Trouble.tsx';
import { rememberSession } from './use-session.ts';

const PIN = /^\d{4,12}$/;
const BLANK = { number: '', pin: '', newPin: '', repeatPin: '' };
type FieldName = keyof typeof BLANK;

/** Sign-in by certificate number and PIN, by number pad or keyboard; a one-time PIN leads to choosing one's own. */
export function SignInDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('session');
  const close = () => onClose();
  return (
    <Modal open={open} onCancel={close} footer={null} centered width={720} destroyOnHidden title={t('signIn')}>
      <SignInForm onDone={close} />
    </Modal>
  );
}

function SignInForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('session');
  const form = useSignIn(onDone);
  const { values, choosing } = form;
  const shown: FieldName[] = choosing ? ['newPin', 'repeatPin'] : ['number', 'pin'];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit();
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <div className={css.fields}>
        {choosing && (
          <div>
            <h2>{t('oneTimeTitle')}</h2>
            <p className={css.hint}>{t('oneTimeHint')}</p>
          </div>
        )}
        {shown.map((name, at) => (
          <Field
            key={name}
            label={t(name)}
            hint={name === 'number' ? undefined : t('pinRule')}
            secret={name !== 'number'}
            value={values[name]}
            autoFocus={at === 0}
            onChange={(value) => form.type(name, () => value)}
            onFocus={() => form.setActive(name)}
          />
        ))}
        <Trouble failure={form.failure} text={form.fault === null ? null : t(form.fault)} />
        <div className={css.buttons}>
          <Button type="primary" size="large" htmlType="submit" loading={form.busy} disabled={!form.ready}>
            {t(choosing ? 'savePin' : 'signIn')}
          </Button>
          {choosing && (
            <Button size="large" onClick={form.startOver}>
              {t('back')}
            </Button>
          )}
        </div>
        {!choosing && (
          <Link to="/set-up" onClick={onDone} className={css.aside}>
            {t('useCode')}
          </Link>
        )}
      </div>
      <Keypad onType={(change) => form.type(form.active, change)} />
    </form>
  );
}

function useSignIn(onDone: () => void) {
  const [values, setValues] = useState(BLANK);
  const [active, setActive] = useState<FieldName>('number');
  const [choosing, setChoosing] = useState(false);
  const [failure, setFailure] = useState<Failure | 'unreachable' | null>(null);
  const [fault, setFault] = useState<'differs' | 'samePin' | null>(null);
  const signIn = useMutation(api.session.signIn.mutationOptions());

  const type = (name: FieldName, change: (text: string) => string) => {
    setFault(null);
    setFailure(null);
    setValues((old) => ({ ...old, [name]: name === 'number' ? change(old.number) : change(old[name]).replace(/\D/g, '').slice(0, 12) }));
  };
  const startOver = () => {
    setChoosing(false);
    setFailure(null);
    setFault(null);
    setActive('pin');
    setValues((old) => ({ ...BLANK, number: old.number }));
  };
  const submit = () => {
    if (choosing && values.newPin !== values.repeatPin) return setFault('differs');
    if (choosing && values.newPin === values.pin) return setFault('samePin');
    signIn.mutate(
      { number: values.number.trim(), pin: values.pin, newPin: choosing ? values.newPin : null },
      {
        onError: (error) => setFailure(failureOf(error) ?? 'unreachable'),
        onSuccess: (outcome) => {
          if (outcome.ok) {
            rememberSession(outcome.value);
            return onDone();
          }
          if (outcome.failure.code === 'session.new-pin-needed' && !choosing) {
            setActive('newPin');
            return setChoosing(true);
          }
          setFailure(outcome.failure);
          if (!choosing) setValues((old) => ({ ...old, pin: '' }));
        },
      },
    );
  };
  const ready = choosing ? PIN.test(values.newPin) && values.repeatPin !== '' : values.number.trim() !== '' && PIN.test(values.pin);
  return { values, active, setActive, choosing, failure, fault, busy: signIn.isPending, ready, type, submit, startOver };
}
