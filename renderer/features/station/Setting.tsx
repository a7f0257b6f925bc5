import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyKey } from '../../../main/contract/policy.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { SettingControl, useValueText } from './SettingControl.tsx';
import { isDangerous } from './settings.pure.ts';
import css from './station.module.css';

type SettingProps = { policyKey: PolicyKey; saved: unknown; byDefault: unknown; allowed: boolean };

/** One setting: its words, its control, its default, and what to do with a value that was changed and not saved. */
export function Setting({ policyKey: key, saved, byDefault, allowed }: SettingProps) {
  const { t } = useTranslation('station');
  const valueText = useValueText();
  const [value, setValue] = useState(saved);
  const { mutateAsync, data, error, isPending, reset } = useMutation(api.station.setPolicy.mutationOptions());
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const dirty = !same(value, saved);
  const save = () =>
    mutateAsync({ key, value: value as string })
      .then(() => queryClient.invalidateQueries({ queryKey: api.station.policy.key() }))
      // The station's words are shown below; there is nothing else to do about it.
      .catch(() => undefined);
  const change = (next: unknown) => {
    reset();
    setValue(next);
  };
  return (
    <div className={css.setting} data-testid={`setting-${key}`}>
      <div>
        <h3 id={`setting-${key}`}>{t(`policy.${key}.name`)}</h3>
        <p className={css.quiet}>{t(`policy.${key}.hint`)}</p>
        <p className={css.small}>
          {!same(saved, byDefault) && <b className={css.changed}>{t('changed')}</b>} {t('byDefault', { value: valueText(key, byDefault) })}
        </p>
      </div>
      <div className={css.control}>
        <SettingControl policyKey={key} value={value} disabled={!allowed || isPending} onChange={change} />
        {dirty && (
          <div className={css.choices}>
            {isDangerous(key, value) ? (
              <ConfirmTwice act={t('save')} thing={`${t(`policy.${key}.name`)} – ${valueText(key, value)}`} onConfirm={save}>
                <p className={css.bad}>{t(key === 'clear' ? 'dangerAfterStored' : 'dangerLocal')}</p>
              </ConfirmTwice>
            ) : (
              <Button type="primary" loading={isPending} disabled={value === undefined} onClick={() => void save()}>
                {t('save')}
              </Button>
            )}
            <Button onClick={() => change(saved)}>{t('undo')}</Button>
          </div>
        )}
        <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      </div>
    </div>
  );
}
