import { Button, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

type ConfirmTwiceProps = {
  /** On the first button, and the verb of the second: "Take access away". */
  act: string;
  /** What it is done to, by name. */
  thing: string;
  children: ReactNode;
  onConfirm: () => Promise<unknown>;
  disabled?: boolean;
  /** One of many in a list, where a row of red buttons would shout. */
  calm?: boolean;
};

/** A destructive act: the first touch opens a question that names the thing, the second is elsewhere and says the act again. */
export function ConfirmTwice({ act, thing, children, onConfirm, disabled = false, calm = false }: ConfirmTwiceProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const confirm = () => {
    setBusy(true);
    void onConfirm().finally(() => {
      setBusy(false);
      setOpen(false);
    });
  };
  return (
    <>
      <Button danger={!calm} type={calm ? 'text' : 'default'} disabled={disabled} onClick={() => setOpen(true)}>
        {act}
      </Button>
      <Modal
        open={open}
        centered
        title={t('confirmTitle', { act, thing })}
        okText={act}
        okButtonProps={{ danger: true, loading: busy }}
        cancelText={t('cancel')}
        onOk={confirm}
        onCancel={() => setOpen(false)}
      >
        {children}
      </Modal>
    </>
  );
}
