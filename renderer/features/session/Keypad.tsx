import { useTranslation } from 'react-i18next';
import css from './session.module.css';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Digits for fingers; types into whatever field its owner says. */
export function Keypad({ onType }: { onType: (change: (text: string) => string) => void }) {
  const { t } = useTranslation('session');
  const digit = (key: string) => (
    <button key={key} type="button" onClick={() => onType((text) => text + key)}>
      {key}
    </button>
  );
  return (
    <fieldset className={css.keypad} onPointerDown={(event) => event.preventDefault()}>
      <legend className="only-for-readers">{t('keypad')}</legend>
      {DIGITS.map(digit)}
      <button type="button" data-word onClick={() => onType(() => '')}>
        {t('clear')}
      </button>
      {digit('0')}
      <button type="button" data-word onClick={() => onType((text) => text.slice(0, -1))}>
        {t('erase')}
      </button>
    </fieldset>
  );
}
