// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements, its rows are laid by hand
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRow, RecordingSort } from '../../../main/contract/web/recordings.ts';
import { SortHead } from '../../ui/SortHead.tsx';
import { COLUMNS, type ColumnName, orderOf } from './columns.tsx';
import css from './recordings.module.css';

const ROW_PX = 44;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 30;

type TableProps = {
  rows: readonly RecordingRow[];
  total: number | null;
  columns: readonly ColumnName[];
  sort: RecordingSort;
  onSort: (sort: RecordingSort) => void;
  selected: string | null;
  /** Chosen for linking; null when whoever is signed in may not link. */
  chosen: ReadonlySet<string> | null;
  onOpen: (id: string) => void;
  onToggle: (id: string) => void;
  onEnd: () => void;
};

/** A list of any length, of which only what is seen is in the document. Arrows move, Enter opens, space chooses. */
export function RecordingTable({ rows, total, columns, sort, onSort, selected, chosen, onOpen, onToggle, onEnd }: TableProps) {
  const { t } = useTranslation('recordings');
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 12 });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const turn = (next: RecordingSort) => {
    go(0);
    onSort(next);
  };
  const onKey = (event: KeyboardEvent) => {
    // The head of a column is turned by its own button.
    if (event.target instanceof HTMLButtonElement) return;
    const row = rows[at];
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      PageDown: () => go(at + 12),
      PageUp: () => go(at - 12),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => row && onOpen(row.id),
      ' ': () => row && chosen && onToggle(row.id),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const template = [...(chosen ? ['44px'] : []), ...columns.map((name) => COLUMNS[name].width)].join(' ');
  return (
    <div
      ref={scroller}
      className={css.table}
      style={{ '--columns': template }}
      role="grid"
      tabIndex={0}
      aria-label={t('title')}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-multiselectable={chosen !== null}
      aria-activedescendant={shown.some((one) => one.index === at) ? `row-${at}` : undefined}
      onKeyDown={onKey}
    >
      <div role="row" aria-rowindex={1} className={css.head}>
        {chosen && (
          <span role="columnheader">
            <span className="only-for-readers">{t('choose')}</span>
          </span>
        )}
        {columns.map((name) => {
          const way = orderOf(name, sort);
          const title = t(`column.${name}`);
          if (way !== null) return <SortHead key={name} title={title} order={way.order} onTurn={() => turn(way.next)} />;
          return (
            <span key={name} role="columnheader">
              {title}
            </span>
          );
        })}
      </div>
      <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <Row
                key={row.id}
                row={row}
                index={index}
                start={start}
                active={index === at}
                open={row.id === selected}
                columns={columns}
                chosen={chosen}
                onToggle={onToggle}
                onOpen={(id) => {
                  setAt(index);
                  onOpen(id);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

type RowProps = Pick<TableProps, 'columns' | 'chosen' | 'onToggle' | 'onOpen'> & {
  row: RecordingRow;
  index: number;
  start: number;
  active: boolean;
  open: boolean;
};

function Row({ row, index, start, active, open, columns, chosen, onToggle, onOpen }: RowProps) {
  const { t } = useTranslation('recordings');
  const isChosen = chosen?.has(row.id) ?? false;
  return (
    // The grid has the focus and the keys; a row is only touched.
    <div
      id={`row-${index}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={css.row}
      data-active={active}
      data-open={open}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => onOpen(row.id)}
      onKeyDown={() => {}}
    >
      {chosen && (
        <span role="gridcell" className={css.tickCell}>
          <label className={css.tick}>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={t('choose')}
              checked={isChosen}
              onChange={() => onToggle(row.id)}
              onClick={(event) => event.stopPropagation()}
            />
          </label>
        </span>
      )}
      {columns.map((name) => (
        <span key={name} role="gridcell" className={css.cell}>
          {COLUMNS[name].show(row, t)}
        </span>
      ))}
    </div>
  );
}
