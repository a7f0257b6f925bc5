import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { bytesText, percentOf } from '../../ui/format.pure.ts';
import css from './cameras.module.css';

/** How full the camera was when it was last docked: words, and a bar for the glance; a dash when nobody could measure it. */
export function Space({ space }: { space: CameraRow['space'] }) {
  const { t } = useTranslation(['cameras', 'common']);
  if (space === null) return <span title={t('common:unknown')}>{'—'}</span>;
  const used = space.totalBytes - space.freeBytes;
  return (
    <span className={css.space}>
      <span>{t('used', { used: bytesText(used), total: bytesText(space.totalBytes) })}</span>
      <span className={css.bar100} aria-hidden="true">
        <span style={{ width: `${percentOf(used, space.totalBytes) ?? 0}%` }} />
      </span>
    </span>
  );
}
