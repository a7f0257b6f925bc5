import { Input, InputNumber, Radio, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PolicyKey } from '../../../main/contract/policy.ts';
import { bytesText } from '../../ui/format.pure.ts';
import { type Choice, CONTROLS } from './settings.pure.ts';
import css from './station.module.css';

const GB = 1_000_000_000;
type ControlProps = { policyKey: PolicyKey; value: unknown; disabled: boolean; onChange: (value: unknown) => void };

/** The control that fits a setting's kind. An emptied number is `undefined`, which cannot be saved. */
export function SettingControl({ policyKey: key, value, disabled, onChange }: ControlProps) {
  const { t } = useTranslation('station');
  const control = CONTROLS[key];
  const valueText = useValueText();
  const common = { disabled, 'aria-labelledby': `setting-${key}` };
  switch (control.as) {
    case 'switch':
      return (
        <span className={css.switch}>
          <Switch {...common} checked={value === true} onChange={onChange} /> {t(value === true ? 'on' : 'off')}
        </span>
      );
    case 'choice': {
      const options = control.options.map((option) => ({ value: option, label: valueText(key, option) }));
      return (
        <Radio.Group {...common} className={css.options ?? ''} value={value} options={options} onChange={(event) => onChange(event.target.value)} />
      );
    }
    case 'text':
      return <Input {...common} value={String(value)} onChange={(event) => onChange(event.target.value)} />;
    case 'number':
      return <Figure {...common} value={value as number} min={control.min} max={control.max} onChange={onChange} />;
    case 'gigabytes':
      return <Gigabytes {...common} bytes={value as number | null} onChange={onChange} />;
  }
}

type FigureProps = {
  disabled: boolean;
  'aria-labelledby': string;
  value: number | undefined;
  min: number;
  max: number;
  onChange: (value: unknown) => void;
};

function Figure({ value, min, max, onChange, ...rest }: FigureProps) {
  const { t } = useTranslation('station');
  return (
    <span className={css.switch}>
      <InputNumber {...rest} value={value ?? null} min={min} max={max} precision={0} onChange={(next) => onChange(next ?? undefined)} />
      <span className={css.small}>{t('range', { min, max })}</span>
    </span>
  );
}

type GigabytesProps = { disabled: boolean; 'aria-labelledby': string; bytes: number | null | undefined; onChange: (value: unknown) => void };

function Gigabytes({ bytes, disabled, onChange, ...rest }: GigabytesProps) {
  const { t } = useTranslation('station');
  return (
    <>
      <span className={css.switch}>
        <Switch aria-label={t('automatic')} disabled={disabled} checked={bytes === null} onChange={(on) => onChange(on ? null : 2 * GB)} />{' '}
        {t('automatic')}
      </span>
      {bytes !== null && (
        <span className={css.switch}>
          <InputNumber
            {...rest}
            disabled={disabled}
            min={0}
            value={bytes === undefined ? null : bytes / GB}
            onChange={(next) => onChange(next === null ? undefined : Math.round(next * GB))}
          />
          {t('gigabytes')}
        </span>
      )}
    </>
  );
}

/** A setting's value as people read it. */
export function useValueText(): (key: PolicyKey, value: unknown) => string {
  const { t } = useTranslation('station');
  return (key, value) => {
    if (value === null) return t('automatic');
    if (typeof value === 'boolean') return t(value ? 'on' : 'off');
    if (key === 'vault-reserve-bytes') return bytesText(Number(value));
    if (CONTROLS[key].as === 'choice') return t(`values.${value as Choice}`);
    return String(value);
  };
}
