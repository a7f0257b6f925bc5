import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStationZone } from '../api/station-zone.ts';
import { bytesText, durationText, type TimeForm, timeText } from './format.pure.ts';
import css from './text.module.css';

/** Writes times as this station tells them. */
export function useTimeText(): (at: string, as?: TimeForm) => string {
  const zone = useStationZone();
  return (at, as) => timeText(at, zone, as);
}

/** An instant in the station's time, or a camera's local date-time as it is; a dash when it is not known. */
export function TimeText({ at, as = 'full' }: { at: string | null; as?: TimeForm }) {
  const { t } = useTranslation();
  const textOf = useTimeText();
  if (at === null) return <span title={t('unknown')}>—</span>;
  return <time dateTime={at}>{textOf(at, as)}</time>;
}

/** A size in decimal units; the exact number of bytes as its title. */
export function Bytes({ bytes }: { bytes: number | null }) {
  const { t, i18n } = useTranslation();
  if (bytes === null) return <span title={t('unknown')}>—</span>;
  return <span title={t('bytes', { text: bytes.toLocaleString(i18n.language) })}>{bytesText(bytes)}</span>;
}

/** A length as h:mm:ss; a dash when it is not known. */
export function Duration({ ms }: { ms: number | null }) {
  const { t } = useTranslation();
  return ms === null ? <span title={t('unknown')}>—</span> : <span>{durationText(ms)}</span>;
}

/** A technical text (hash, id) in full, with a button that copies it. */
export function CopyText({ text, shown = text }: { text: string; shown?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true));
  };
  return (
    <span className={css.copy}>
      <code title={text}>{shown}</code>
      <Button
        type="text"
        icon={copied ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={t(copied ? 'copied' : 'copy')}
        onClick={copy}
        onBlur={() => setCopied(false)}
      />
    </span>
  );
}
