import { ExclamationCircleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../../main/contract/web/cases.ts';
import { TimeText } from '../../ui/text.tsx';
import { personText } from '../recordings/index.ts';
import css from './cases.module.css';
import { useMissing } from './words.ts';

const ROW_PX = 64;
const AHEAD = 30;

/** Cases, of which only those that are seen are in the document. */
export function CaseTable({ rows, onEnd }: { rows: readonly CaseRow[]; onEnd: () => void }) {
  const { t } = useTranslation('cases');
  const missingOf = useMissing();
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard
    <section ref={scroller} className={css.table} aria-label={t('title')} tabIndex={0}>
      <ul style={{ position: 'relative', height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const missing = missingOf(row);
          return (
            <li key={row.case.id} className={css.row} style={{ transform: `translateY(${start}px)` }}>
              <Link to="/cases/$id" params={{ id: row.case.id }} className={css.link}>
                <span className={css.name}>
                  <strong>{row.case.number ?? t('erased')}</strong>
                  <span>{row.case.title}</span>
                </span>
                <span>{t(`action.${row.actionKind}`)}</span>
                <span>{row.officers.map((one) => personText(one)).join(t('and'))}</span>
                <TimeText at={row.startedAt} as="minute" />
                <span>{t('recordings', { count: row.recordings })}</span>
                <span className={css.missing}>
                  {missing !== null && (
                    <>
                      <ExclamationCircleOutlined aria-hidden /> {missing}
                    </>
                  )}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
