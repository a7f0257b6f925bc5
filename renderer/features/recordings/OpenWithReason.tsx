import { LockOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { Poster } from './Poster.tsx';
import css from './recording-page.module.css';

const PRESETS = ['handling', 'supervision', 'review', 'request'] as const;

/** The closed picture: evidence opens after a reason, which is on the ledger before the first byte is shown. */
export function OpenWithReason({ row }: { row: RecordingRow }) {
  const { t } = useTranslation('recordings');
  const may = useCan('recordings.view');
  const [open, setOpen] = useState(false);
  return (
    <section className={css.closed} aria-label={t('player')}>
      <Poster itemId={row.posterItem} kind={row.kind} />
      <div className={css.closedWords}>
        <LockOutlined aria-hidden />
        <p>{t(may ? 'closed' : 'mayNotView')}</p>
        {may && (
          <Button type="primary" size="large" onClick={() => setOpen(true)}>
            {t('view')}
          </Button>
        )}
      </div>
      {open && <ReasonDialog id={row.id} onClose={() => setOpen(false)} />}
    </section>
  );
}

function ReasonDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('recordings');
  const cache = useQueryClient();
  const [text, setText] = useState('');
  const view = useMutation(api.recordings.view.mutationOptions());
  const go = (reason: string) =>
    view.mutate(
      { id, reason },
      {
        onSuccess: (outcome) => {
          if (!outcome.ok) return;
          void cache.invalidateQueries({ queryKey: api.recordings.key() });
          onClose();
        },
      },
    );
  const failure = view.data?.ok === false ? view.data.failure : failureOf(view.error);
  return (
    <Modal open centered title={t('reasonTitle')} footer={null} onCancel={onClose}>
      <p>{t('reasonHint')}</p>
      <div className={css.reasons}>
        {PRESETS.map((one) => (
          <Button key={one} size="large" disabled={view.isPending} onClick={() => go(t(`reason.${one}`))}>
            {t(`reason.${one}`)}
          </Button>
        ))}
      </div>
      <form
        className={css.ownReason}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim().length >= 2) go(text.trim());
        }}
      >
        <Input
          size="large"
          maxLength={200}
          aria-label={t('ownReason')}
          placeholder={t('ownReason')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button size="large" type="primary" htmlType="submit" loading={view.isPending} disabled={text.trim().length < 2}>
          {t('view')}
        </Button>
      </form>
      {(failure !== null || view.error) && <ErrorPanel failure={failure} />}
    </Modal>
  );
}
