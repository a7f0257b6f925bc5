import { useTranslation } from 'react-i18next';
import { StateSign } from './StateSign.tsx';
import css from './state-word.module.css';
import type { StateName } from './tokens.pure.ts';

/** A port's state as sign and word, in its colour. */
export function StateWord({ state, size = 'body' }: { state: StateName; size?: 'body' | 'state' }) {
  const { t } = useTranslation('states');
  return (
    <span className={css.word} data-size={size} style={{ color: state === 'safe' ? 'inherit' : `var(--state-${state}-ink)` }}>
      <StateSign state={state} size="1em" />
      {t(state)}
    </span>
  );
}
