import type { ReactNode } from 'react';
import css from './page-header.module.css';

/** A page's title with what can be done there; makes it the document's title too. */
export function PageHeader({ title, hint, children }: { title: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <header className={css.header}>
      <title>{`${title} · Evidock`}</title>
      <div>
        <h1>{title}</h1>
        {hint !== undefined && <p>{hint}</p>}
      </div>
      <div className={css.actions}>{children}</div>
    </header>
  );
}
