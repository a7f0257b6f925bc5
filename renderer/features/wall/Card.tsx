import { type CSSProperties, memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { percentOf } from '../../ui/format.pure.ts';
import { useFailureText } from '../../ui/panels.tsx';
import { Ring } from '../../ui/Ring.tsx';
import { StateSign } from '../../ui/StateSign.tsx';
import css from './card.module.css';
import edges from './edges.module.css';
import { useProgressLine } from './use-progress-line.ts';
import { useStoppedBy } from './use-stopped-by.ts';

type CardProps = { card: PortCard; onOpen: (port: number) => void };

/** One port. Drawn again only when its own card is a new object (app/live.ts keeps the others as they are). */
export const Card = memo(function Card({ card, onOpen }: CardProps) {
  const { t } = useTranslation(['wall', 'states']);
  const { state } = card;
  const line = useProgressLine()(card);
  const stoppedBy = useStoppedBy();
  const troubled = state === 'attention' || state === 'fault' || state === 'refused' || state === 'locked';
  return (
    <button
      type="button"
      className={`${css.card} ${edges.edge}`}
      data-state={state}
      data-troubled={troubled}
      data-port={card.port}
      style={paintOf(state)}
      onClick={() => onOpen(card.port)}
    >
      <span className={css.inner}>
        <span className={css.head}>
          <span className={css.number}>
            <span className="only-for-readers">{t('port', { port: '' })}</span>
            {card.port}
          </span>
          <Sign card={card} />
        </span>
        <strong className={css.word}>{t(`states:${state}`)}</strong>
        {state === 'empty' && <span className={css.quiet}>{t('emptyHint')}</span>}
        {(card.officer ?? card.camera) !== null && (
          <span className={css.who}>
            {card.officer !== null && <b>{card.officer}</b>} <span>{card.camera}</span>
          </span>
        )}
        {line.length > 0 && !troubled && (
          <span className={css.line}>
            {line.map(({ key, text }) => (
              <span key={key} data-part={key}>
                {text}
              </span>
            ))}
          </span>
        )}
        {card.state === 'paused' && <span className={css.line}>{stoppedBy(card)}</span>}
        <Fault card={card} />
        {card.clearing !== 'none' && (
          <span className={css.badge} data-clearing={card.clearing}>
            {t(`badge.${card.clearing}`)}
          </span>
        )}
      </span>
    </button>
  );
});

function paintOf(state: PortCard['state']): CSSProperties {
  return { '--surface': `var(--state-${state}-surface)`, '--ink': `var(--state-${state}-ink)` };
}

function Sign({ card }: { card: PortCard }) {
  const percent = percentOf(card.doneBytes, card.bytes);
  const moving = card.state === 'copying' || card.state === 'proving';
  if (!moving && card.state !== 'interrupted') {
    return (
      <span className={css.sign} data-sign>
        <StateSign state={card.state} size="100%" />
      </span>
    );
  }
  return (
    <span className={css.sign} data-sign>
      <Ring percent={percent} look={card.state === 'copying' ? 'filling' : card.state === 'proving' ? 'dots' : 'broken'}>
        {moving && percent !== null ? <span className={css.percent}>{`${percent}%`}</span> : <StateSign state={card.state} size="50%" />}
      </Ring>
    </span>
  );
}

function Fault({ card }: { card: PortCard }) {
  const { t } = useTranslation('wall');
  const textOf = useFailureText();
  // The word of an interrupted port says it already, and what to do.
  const first = card.failures.find((failure) => failure.code !== 'docking.interrupted');
  if (first === undefined) return null;
  // A path is too long for a card; the drawer has it.
  const { what, next } = textOf({ ...first, what: first.what.slice(first.what.lastIndexOf('/') + 1) });
  return (
    <span className={css.fault}>
      <b>{what}</b> {next}
      {card.failureCount > 1 && ` ${t('more', { count: card.failureCount - 1 })}`}
    </span>
  );
}
