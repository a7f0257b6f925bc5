import { Button, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, failureOf } from '../../api/client.ts';
import { idleStep, type Presence } from './idle.pure.ts';
import { onPresence } from './keep-alive.ts';
import { forgetSession, useSession } from './use-session.ts';

/** Tells the station that somebody is there, warns before the session ends for lack of it, and clears the screen when it has. */
export function IdleWatch() {
  const { session } = useSession();
  if (session === null) return null;
  return <Watch key={session.person.id} idleMs={session.idleSeconds * 1000} />;
}

function Watch({ idleMs }: { idleMs: number }) {
  const { t } = useTranslation('session');
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);
  useEffect(() => watchPresence(idleMs, setSecondsLeft), [idleMs]);
  return (
    <Modal
      open={secondsLeft !== null}
      closable={false}
      centered
      title={t('expiring', { seconds: secondsLeft ?? 0 })}
      footer={<Button type="primary">{t('goOn')}</Button>}
    >
      {t('expiringHint')}
    </Modal>
  );
}

function watchPresence(idleMs: number, warn: (secondsLeft: number | null) => void): () => void {
  const presence: Presence = { toldAt: Date.now(), actedAt: Date.now(), idleMs };
  const look = () => {
    const now = Date.now();
    const { tell, secondsLeft, ended } = idleStep(presence, now);
    warn(secondsLeft);
    if (ended) return endSession();
    if (!tell) return;
    const before = presence.toldAt;
    presence.toldAt = now;
    client.session.touch().catch((error: unknown) => {
      // Refused: the session is over already. Unreachable: it is told again.
      if (failureOf(error) !== null) forgetSession();
      else presence.toldAt = before;
    });
  };
  const unlisten = onPresence(() => {
    const warned = idleStep(presence, Date.now()).secondsLeft !== null;
    presence.actedAt = Date.now();
    if (warned) look();
  });
  const timer = setInterval(look, 1000);
  return () => {
    unlisten();
    clearInterval(timer);
  };
}

function endSession(): void {
  void client.session.signOut().catch(() => undefined);
  forgetSession();
}
