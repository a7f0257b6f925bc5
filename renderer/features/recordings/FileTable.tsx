import { useTranslation } from 'react-i18next';
import type { RecordingItem } from '../../../main/contract/web/recordings.ts';
import { bytesText } from '../../ui/format.pure.ts';
import { Bytes, CopyText, Duration } from '../../ui/text.tsx';
import css from './recording-page.module.css';

/** The files as technicians read them, folded until asked for. */
export function FileTable({ items }: { items: readonly RecordingItem[] }) {
  const { t } = useTranslation('recordings');
  return (
    <details className={css.technical}>
      <summary>{t('files', { count: items.length })}</summary>
      <ul>
        {items.map((item) => (
          <File key={item.id} item={item} />
        ))}
      </ul>
    </details>
  );
}

function File({ item }: { item: RecordingItem }) {
  const { t } = useTranslation('recordings');
  return (
    <li className={css.file}>
      <h2>{item.path ?? t('erased')}</h2>
      <p className={css.fileFacts}>
        <span>{t(`role.${item.role}`)}</span>
        <Bytes bytes={item.sizeBytes} />
        {item.durationMs !== null && <Duration ms={item.durationMs} />}
        {item.container !== null && <span>{item.container}</span>}
        {item.streams.map((one) => (
          <span key={one}>{one}</span>
        ))}
        <span>{t('readBack', { how: t(`words.readBack.${item.readBack}` as 'words.readBack.direct') })}</span>
        {item.incomplete && (
          <strong className={css.bad}>
            {t('incomplete', { size: bytesText(item.incomplete.bytes), count: item.incomplete.places })}
            {item.incomplete.replacedBy !== null && ` ${t('replaced')}`}
          </strong>
        )}
        {item.damaged && item.damage !== null && <strong className={css.bad}>{t('damage', { how: item.damage })}</strong>}
        <span>{t(item.clearedFromCamera ? 'cleared' : 'onCamera')}</span>
        {item.freed && <span>{t('freed')}</span>}
      </p>
      <dl className={css.hashes}>
        <Hash name="SHA-256" text={item.sha256} />
        <Hash name="SM3" text={item.sm3} />
        <Hash name="MD5" text={item.md5} />
        <Hash name="XXH64" text={item.xxh64} />
      </dl>
    </li>
  );
}

function Hash({ name, text }: { name: string; text: string | null }) {
  if (text === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <CopyText text={text} />
      </dd>
    </>
  );
}
