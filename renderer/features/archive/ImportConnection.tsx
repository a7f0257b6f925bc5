import { UploadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CONNECTION_FILE_BYTES } from '../../../main/contract/api/archive.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Adds a content destination by the file its administrator hands out, or renews how one is reached. */
export function ImportConnection() {
  const { t } = useTranslation('archive');
  const [open, setOpen] = useState(false);
  if (!useCan('station.configure')) return null;
  return (
    <>
      <Button icon={<UploadOutlined />} onClick={() => setOpen(true)}>
        {t('importConnection')}
      </Button>
      {open && <ImportDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('archive');
  const [name, setName] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const { mutate, data, error, isPending } = useMutation(api.archive.importConnection.mutationOptions());
  const tooLarge = file !== null && file.size > CONNECTION_FILE_BYTES;
  const send = async () => {
    if (file === null) return;
    mutate(
      { name, connection: await file.text() },
      {
        onSuccess: (outcome) => {
          if (!outcome.ok) return;
          void queryClient.invalidateQueries({ queryKey: api.archive.key() });
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      open
      centered
      title={t('importTitle')}
      okText={t('importDo')}
      okButtonProps={{ disabled: !NAME.test(name) || file === null || tooLarge, loading: isPending }}
      cancelText={t('explainCancel')}
      onOk={() => void send()}
      onCancel={onClose}
    >
      <div className={css.dialog}>
        <p className={css.about}>{t('importHint')}</p>
        <NameField value={name} onChange={setName} />
        <FileField file={file} onChoose={setFile} />
        <div role="status">{tooLarge && <p className={css.warning}>{t('importTooLarge')}</p>}</div>
        {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
      </div>
    </Modal>
  );
}

function NameField({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { t } = useTranslation('archive');
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{t('importName')}</label>
      <Input
        id={id}
        autoFocus
        maxLength={32}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      <span id={`${id}-hint`} className={css.about}>
        {t('importNameHint')}
      </span>
    </div>
  );
}

function FileField({ file, onChoose }: { file: File | null; onChoose: (file: File | null) => void }) {
  const { t } = useTranslation('archive');
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={css.bar}>
      <Button onClick={() => input.current?.click()}>{t('importFile')}</Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,application/json"
        onChange={(event) => {
          onChoose(event.target.files?.[0] ?? null);
          event.target.value = '';
        }}
      />
      <span>{file?.name ?? t('importNoFile')}</span>
    </div>
  );
}
