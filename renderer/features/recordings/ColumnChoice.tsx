import { Button, Checkbox, Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import { COLUMN_NAMES, type ColumnName } from './columns.tsx';
import css from './recordings.module.css';

/** Which columns the list shows; the first cannot be taken away. */
export function ColumnChoice({ chosen, onChange }: { chosen: readonly ColumnName[]; onChange: (columns: ColumnName[]) => void }) {
  const { t } = useTranslation('recordings');
  const boxes = COLUMN_NAMES.map((name) => (
    <Checkbox
      key={name}
      className={css.columnBox ?? ''}
      disabled={name === 'start'}
      checked={chosen.includes(name)}
      onChange={(event) => onChange(COLUMN_NAMES.filter((one) => (one === name ? event.target.checked : chosen.includes(one))))}
    >
      {t(`column.${name}`)}
    </Checkbox>
  ));
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      getPopupContainer={(button) => button.parentElement ?? document.body}
      content={<div className={css.columnBoxes}>{boxes}</div>}
    >
      <Button>{t('columns')}</Button>
    </Popover>
  );
}
