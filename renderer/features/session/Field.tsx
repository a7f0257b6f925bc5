import { Input } from 'antd';
import { useId } from 'react';
import css from './session.module.css';

type FieldProps = {
  label: string;
  hint?: string | undefined;
  secret?: boolean;
  digits?: boolean;
  value: string;
  autoFocus?: boolean;
  onChange: (value: string) => void;
  onFocus?: () => void;
};

/** A labelled line of text; `secret` hides what is typed and keeps browsers from storing it. */
export function Field({ label, hint, secret = false, digits = secret, value, autoFocus = false, onChange, onFocus }: FieldProps) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <Input
        id={id}
        size="large"
        type={secret ? 'password' : 'text'}
        inputMode={digits ? 'numeric' : 'text'}
        autoComplete={secret ? 'one-time-code' : 'off'}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onFocus={onFocus}
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className={css.hint}>
          {hint}
        </span>
      )}
    </div>
  );
}
