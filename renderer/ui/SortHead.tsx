import { ArrowDownOutlined, ArrowUpOutlined, SwapOutlined } from '@ant-design/icons';
import css from './sort-head.module.css';

type Props = {
  title: string;
  /** How the list is in order by this column; null while it is by another. */
  order: 'ascending' | 'descending' | null;
  onTurn: () => void;
};

/** The head of a column that a list laid by hand can be put in order by. */
export function SortHead({ title, order, onTurn }: Props) {
  const Arrow = order === 'descending' ? ArrowDownOutlined : ArrowUpOutlined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: such a list has no table elements
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it has the focus
    <span role="columnheader" aria-sort={order ?? 'none'}>
      <button type="button" className={css.sort} onClick={onTurn}>
        {title}
        {order === null ? <SwapOutlined aria-hidden rotate={90} /> : <Arrow aria-hidden />}
      </button>
    </span>
  );
}
