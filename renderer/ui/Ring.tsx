import type { ReactNode } from 'react';
import css from './ring.module.css';

type RingProps = { percent: number | null; look?: 'filling' | 'dots' | 'broken'; children?: ReactNode };

/** A ring filled to a percentage, drawn by CSS alone; what is inside says the figure. Unknown progress is an empty ring. */
export function Ring({ percent, look = 'filling', children }: RingProps) {
  return (
    <span className={css.ring} data-look={look} style={{ '--filled': `${percent ?? 0}%` }}>
      <span className={css.inside}>{children}</span>
    </span>
  );
}
