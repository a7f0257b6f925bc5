// biome-ignore-all lint/a11y/useSemanticElements: a virtual table has no table elements, its rows are laid by hand
// biome-ignore-all lint/a11y/useFocusableInteractive: rows and cells are only read; the links and buttons in them have the focus
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard
import { ExclamationCircleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseRow, CaseSort } from '../../../main/contract/web/cases.ts';
import { SortHead } from '../../ui/SortHead.tsx';
import { TimeText } from '../../ui/text.tsx';
import { personText } from '../recordings/index.ts';
import css from './cases.module.css';
import { useMissing } from './words.ts';

const ROW_PX = 64;
const AHEAD = 30;

export type Order = { sort: CaseSort; descending: boolean };
type Props = { rows: readonly CaseRow[]; total: number | null; order: Order; onOrder: (order: Order) => void; onEnd: () => void };

/** Cases, of which only those that are seen are in the document. What they can be put in order by has a button over its column. */
export function CaseTable({ rows, total, order, onOrder, onEnd }: Props) {
  const { t } = useTranslation('cases');
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);
  const orderBy = (by: CaseSort) => (order.sort !== by ? null : order.descending ? 'descending' : 'ascending');
  // Largest first at the first touch, the other way round at the next; either way the list is seen from its beginning.
  const turn = (by: CaseSort) => {
    scroller.current?.scrollTo({ top: 0 });
    onOrder({ sort: by, descending: order.sort === by ? !order.descending : true });
  };
  return (
    <div ref={scroller} className={css.table} role="table" aria-label={t('title')} aria-rowcount={(total ?? rows.length) + 1} tabIndex={0}>
      <div role="row" aria-rowindex={1} className={css.head}>
        <span role="columnheader">{t('column.case')}</span>
        <span role="columnheader">{t('kind')}</span>
        <span role="columnheader">{t('officers')}</span>
        <SortHead title={t('column.start')} order={orderBy('start')} onTurn={() => turn('start')} />
        <SortHead title={t('column.recordings')} order={orderBy('recordings')} onTurn={() => turn('recordings')} />
        <span role="columnheader">{t('column.missing')}</span>
      </div>
      <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index];
          return row && <Row key={row.case.id} row={row} index={index} start={start} />;
        })}
      </div>
    </div>
  );
}

function Row({ row, index, start }: { row: CaseRow; index: number; start: number }) {
  const { t } = useTranslation('cases');
  const missing = useMissing()(row);
  return (
    <div role="row" aria-rowindex={index + 2} className={css.row} style={{ transform: `translateY(${start}px)` }}>
      <span role="cell" className={css.name}>
        <Link to="/cases/$id" params={{ id: row.case.id }} className={css.link}>
          {row.case.number ?? t('erased')}
        </Link>
        <span>{row.case.title}</span>
      </span>
      <span role="cell">{t(`action.${row.actionKind}`)}</span>
      <span role="cell">{row.officers.map((one) => personText(one)).join(t('and'))}</span>
      <span role="cell">
        <TimeText at={row.startedAt} as="minute" />
      </span>
      <span role="cell">{row.recordings}</span>
      <span role="cell" className={css.missing}>
        {missing !== null && (
          <>
            <ExclamationCircleOutlined aria-hidden /> {missing}
          </>
        )}
      </span>
    </div>
  );
}
