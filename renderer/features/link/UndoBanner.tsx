import { CheckCircleOutlined, UndoOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFailureText } from '../../ui/panels.tsx';
import css from './link.module.css';
import type { useLinking } from './use-linking.ts';

/** What linking did, with the way back for as long as it is open. */
export function UndoBanner({ linking }: { linking: ReturnType<typeof useLinking> }) {
  const { t } = useTranslation('link');
  const common = useTranslation().t;
  const textOf = useFailureText();
  const { done, undone, failure, busy, undo } = linking;
  const trouble =
    failure === null ? null : failure === 'unreachable' ? { what: common('unreachable'), next: common('unreachableNext') } : textOf(failure);
  return (
    <div className={css.banners} aria-live="polite">
      {done !== null && (
        <div className={css.banner}>
          <CheckCircleOutlined aria-hidden />
          <span>
            {t('linked', { count: done.linked, to: done.to })}
            {done.unchanged > 0 && t('unchanged', { count: done.unchanged })}
          </span>
          {done.undo.length > 0 && (
            <Button icon={<UndoOutlined />} loading={busy} onClick={undo}>
              {t('undo')}
            </Button>
          )}
        </div>
      )}
      {undone > 0 && (
        <div className={css.banner}>
          <UndoOutlined aria-hidden />
          <span>{t('undone', { count: undone })}</span>
        </div>
      )}
      {trouble !== null && (
        <div className={css.banner} data-kind="trouble" role="alert">
          <WarningOutlined aria-hidden />
          <strong>{trouble.what}</strong>
          <span>{trouble.next}</span>
        </div>
      )}
    </div>
  );
}
