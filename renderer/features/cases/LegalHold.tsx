import { LockOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../../main/contract/web/cases.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './cases.module.css';

const SHORTEST = 2;
const LONGEST = 500;

const changed = () => void queryClient.invalidateQueries({ queryKey: api.cases.key() });

/** Whether everything of a case is kept until somebody says otherwise, since when and why; and where that is changed. */
export function LegalHold({ row }: { row: CaseRow }) {
  const { t } = useTranslation('cases');
  const allowed = useCan('cases.hold');
  const [open, setOpen] = useState(false);
  const { mutateAsync, data, error, isPending } = useMutation(api.cases.release.mutationOptions());
  const { hold } = row;
  if (hold === null && !allowed) return null;
  return (
    <div className={css.hold} data-held={hold !== null || undefined}>
      {hold === null ? (
        <Button icon={<LockOutlined aria-hidden />} onClick={() => setOpen(true)}>
          {t('hold')}
        </Button>
      ) : (
        <>
          <p>
            <LockOutlined aria-hidden /> <strong>{t('held')}</strong> {t('heldBy', { by: hold.by ?? t('erased') })}{' '}
            <TimeText at={hold.at} as="minute" />
          </p>
          <p>{hold.reason ?? t('erased')}</p>
          {allowed && (
            <ConfirmTwice
              act={t('release')}
              thing={row.case.number ?? t('erased')}
              onConfirm={() =>
                mutateAsync({ id: row.case.id })
                  .then(changed)
                  // The station's words are shown below.
                  .catch(() => undefined)
              }
            >
              <p>{t('releaseHint')}</p>
            </ConfirmTwice>
          )}
        </>
      )}
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
      {open && <HoldDialog id={row.case.id} onClose={() => setOpen(false)} />}
    </div>
  );
}

function HoldDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('cases');
  const [reason, setReason] = useState('');
  const { mutate, data, error, isPending } = useMutation(api.cases.hold.mutationOptions());
  const hold = () =>
    mutate(
      { id, reason: reason.trim() },
      {
        onSuccess: (outcome) => {
          if (!outcome.ok) return;
          changed();
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      centered
      title={t('holdTitle')}
      okText={t('holdDo')}
      okButtonProps={{ disabled: reason.trim().length < SHORTEST, loading: isPending }}
      cancelText={t('cancel')}
      onOk={hold}
      onCancel={onClose}
    >
      <div className={css.holdDialog}>
        <p className={css.quiet}>{t('holdHint')}</p>
        <Input.TextArea
          autoFocus
          rows={3}
          maxLength={LONGEST}
          showCount
          aria-label={t('holdReason')}
          placeholder={t('holdReason')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
      </div>
    </Modal>
  );
}
