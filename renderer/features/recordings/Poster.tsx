import { AudioOutlined, FileTextOutlined, PictureOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { useState } from 'react';
import css from './poster.module.css';

const ICONS = { recording: VideoCameraOutlined, loose: PictureOutlined, docking: FileTextOutlined, audio: AudioOutlined } as const;

/** The picture that stands for an item; a sign of its kind where there is none, or it was deleted. */
export function Poster({ itemId, kind }: { itemId: string | null; kind: keyof typeof ICONS }) {
  const [failedItem, setFailedItem] = useState<string | null>(null);
  const Icon = ICONS[kind];
  return (
    <span className={css.poster}>
      {itemId === null || itemId === failedItem ? (
        <Icon aria-hidden />
      ) : (
        <img src={`/media/items/${itemId}/poster`} alt="" loading="lazy" decoding="async" onError={() => setFailedItem(itemId)} />
      )}
    </span>
  );
}
