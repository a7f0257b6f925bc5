import { useMutation } from '@tanstack/react-query';
import { Alert, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Difference } from '../../../main/contract/api/archive.ts';
import { differenceName } from '../../../main/contract/difference-name.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useFailureText } from '../../ui/panels.tsx';
import css from './archive.module.css';

const SHORTEST = 2;
const LONGEST = 500;

type Props = { run: string; difference: Difference & { id: string }; onClose: () => void };

/** Why a difference is there, in one's own words: on the ledger with one's name, and holding for exactly this difference. */
export function ExplainDialog({ run, difference, onClose }: Props) {
  const { t } = useTranslation('archive');
  const [reason, setReason] = useState('');
  const { mutate, data, error, isPending } = useMutation(api.archive.explain.mutationOptions());
  const isEnough = reason.trim().length >= SHORTEST;
  const explain = () =>
    mutate(
      { id: run, difference: difference.id, reason: reason.trim() },
      {
        onSuccess: (outcome) => {
          if (!outcome.ok) return;
          void queryClient.invalidateQueries({ queryKey: api.archive.key() });
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      centered
      title={t('explainTitle')}
      okText={t('explainDo')}
      okButtonProps={{ disabled: !isEnough, loading: isPending }}
      cancelText={t('explainCancel')}
      onOk={explain}
      onCancel={onClose}
    >
      <div className={css.dialog}>
        <strong>{useFailureText()({ ...difference, what: differenceName(difference) }).what}</strong>
        <Hashes difference={difference} />
        <p className={css.about}>{t('explainHint')}</p>
        {difference.foundSha256 !== null && difference.expectedSha256 !== null && <Alert type="warning" showIcon title={t('explainMismatch')} />}
        <Input.TextArea
          autoFocus
          rows={4}
          maxLength={LONGEST}
          showCount
          aria-label={t('explainReason')}
          placeholder={t('explainReason')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
      </div>
    </Modal>
  );
}

function Hashes({ difference: { what, file, expectedSha256, foundSha256 } }: { difference: Difference }) {
  const { t } = useTranslation('archive');
  const facts = [
    [t('place'), what],
    [t('file'), file],
    [t('expected'), expectedSha256],
    [t('found'), foundSha256],
  ].filter(([, value]) => value !== null);
  return (
    <dl className={css.hashes}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
