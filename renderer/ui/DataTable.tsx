import type { ReactNode } from 'react';
import css from './table.module.css';

export type Column<Row> = { id: string; title: string; number?: boolean; nowrap?: boolean; cell: (row: Row) => ReactNode };
type DataTableProps<Row> = { label: string; rows: readonly Row[]; columns: readonly Column<Row>[]; keyOf: (row: Row) => string };

/** Rows under titles, scrolled sideways by itself when the page is too narrow. */
export function DataTable<Row>({ label, rows, columns, keyOf }: DataTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={css.scroll} tabIndex={0} aria-label={label}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map(({ id, title, number }) => (
              <th key={id} scope="col" data-number={number || undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ id, number, nowrap, cell }) => (
                <td key={id} data-number={number || undefined} data-nowrap={nowrap || undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
