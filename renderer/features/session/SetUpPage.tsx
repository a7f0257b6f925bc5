import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../../main/contract/errors.ts';
import { api, failureOf } from '../../api/client.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Field } from './Field.tsx';
import css from './session.module.css';
import { Trouble } from './Trouble.tsx';
import { rememberSession } from './use-session.ts';

const BLANK = { code: '', number: '', name: '', pin: '', repeatPin: '' };
const FIELDS = [
  ['code', 'codeRule'],
  ['number', null],
  ['name', null],
  ['pin', 'pinRule'],
  ['repeatPin', null],
] as const;

/** Makes the first admin, or one more, with the one-time code from the station's console. */
export function SetUpPage() {
  const { t } = useTranslation('session');
  const [values, setValues] = useState(BLANK);
  const [failure, setFailure] = useState<Failure | 'unreachable' | null>(null);
  const [differs, setDiffers] = useState(false);
  const navigate = useNavigate();
  const setUp = useMutation(api.session.setUp.mutationOptions());
  const ready =
    /^\d{4}-?\d{4}$/.test(values.code.trim()) && values.number.trim() !== '' && values.name.trim() !== '' && /^\d{4,12}$/.test(values.pin);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { repeatPin, code, ...person } = values;
    if (repeatPin !== person.pin) return setDiffers(true);
    setUp.mutate(
      { ...person, code: code.trim() },
      {
        onError: (error) => setFailure(failureOf(error) ?? 'unreachable'),
        onSuccess: (outcome) => {
          if (!outcome.ok) return setFailure(outcome.failure);
          rememberSession(outcome.value);
          void navigate({ to: '/' });
        },
      },
    );
  };
  const type = (name: keyof typeof BLANK, value: string) => {
    setFailure(null);
    setDiffers(false);
    setValues((old) => ({ ...old, [name]: value }));
  };
  return (
    <>
      <PageHeader title={t('setUpTitle')} hint={t('setUpHint')} />
      <form className={`${css.page} ${css.fields}`} onSubmit={submit} noValidate>
        {FIELDS.map(([name, hint], at) => (
          <Field
            key={name}
            label={t(name)}
            hint={hint === null ? undefined : t(hint)}
            secret={name === 'pin' || name === 'repeatPin'}
            digits={name !== 'name' && name !== 'number'}
            value={values[name]}
            autoFocus={at === 0}
            onChange={(value) => type(name, value)}
          />
        ))}
        <Trouble failure={failure} text={differs ? t('differs') : null} />
        <div className={css.buttons}>
          <Button type="primary" size="large" htmlType="submit" loading={setUp.isPending} disabled={!ready}>
            {t('create')}
          </Button>
        </div>
      </form>
    </>
  );
}
