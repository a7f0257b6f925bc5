import { LinkOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { bytesText } from '../../ui/format.pure.ts';
import { FailureText } from '../../ui/panels.tsx';
import { StateWord } from '../../ui/StateWord.tsx';
import { TimeText } from '../../ui/text.tsx';
import { SignInButton, useCan, useSession } from '../session/index.ts';
import css from './details.module.css';
import { ImageOffer } from './ImageOffer.tsx';
import { Steering } from './Steering.tsx';
import { useStoppedBy } from './use-stopped-by.ts';

/** Everything about one port in words; shut when there is no card. */
export function PortDetails({ card, onClose }: { card: PortCard | null; onClose: () => void }) {
  const { t } = useTranslation(['wall', 'common']);
  return (
    <Drawer
      open={card !== null}
      onClose={onClose}
      size={480}
      title={card === null ? '' : t('port', { port: card.port })}
      closable={{ 'aria-label': t('common:close'), placement: 'end' }}
      footer={card?.dockingId ? <LinkToCase docking={card.dockingId} onLeave={onClose} /> : null}
    >
      {card !== null && <Details card={card} />}
    </Drawer>
  );
}

function Details({ card }: { card: PortCard }) {
  const { t } = useTranslation('wall');
  const stoppedBy = useStoppedBy()(card);
  return (
    <div className={css.details}>
      <div className={css.state} data-state={card.state}>
        <StateWord state={card.state} size="state" />
        {stoppedBy !== null && <p>{stoppedBy}</p>}
        <p>{t(stoppedBy !== null && card.state !== 'paused' ? 'todo.cancelled' : `todo.${card.state}`)}</p>
      </div>
      <Steering card={card} />
      <ImageOffer card={card} />
      <Facts card={card} />
      {card.dockingId !== null && (
        <section className={css.problems}>
          {card.failureCount === 0 ? <p>{t('details.noProblems')}</p> : <h2>{t('details.problems', { count: card.failureCount })}</h2>}
          <ul>
            {card.failures.map((failure) => (
              <li key={`${failure.code} ${failure.what}`}>
                <FailureText failure={failure} />
              </li>
            ))}
          </ul>
          {card.failureCount > card.failures.length && <p>{t('more', { count: card.failureCount - card.failures.length })}</p>}
        </section>
      )}
    </div>
  );
}

function Facts({ card }: { card: PortCard }) {
  const { t } = useTranslation('wall');
  const facts = [
    [t('details.officer'), card.officer],
    [t('details.camera'), card.camera],
    [t('details.progress'), card.files === 0 ? null : t('files', { done: card.doneFiles, count: card.files })],
    [t('details.size'), card.bytes === 0 ? null : `${bytesText(card.doneBytes)} / ${bytesText(card.bytes)}`],
    [t('details.speed'), card.bytesPerSecond === null ? null : t('rate', { rate: bytesText(card.bytesPerSecond) })],
    [t('details.ready'), card.readyAt === null ? null : <TimeText key="ready" at={card.readyAt} as="clock" />],
    [t('details.clearing'), card.clearing === 'none' ? null : t(`clearing.${card.clearing}`)],
  ] as const;
  const known = facts.filter(([, value]) => value !== null);
  if (known.length === 0) return null;
  return (
    <dl className={css.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function LinkToCase({ docking, onLeave }: { docking: string; onLeave: () => void }) {
  const { t } = useTranslation('wall');
  const { session } = useSession();
  const mayLink = useCan('recordings.link');
  if (session === null) {
    return (
      <div className={css.foot}>
        <span>{t('details.signInToLink')}</span>
        <SignInButton />
      </div>
    );
  }
  if (!mayLink) return null;
  return (
    <Link to="/link" search={{ docking }} className={css.link} onClick={onLeave}>
      <LinkOutlined aria-hidden />
      {t('details.link')}
    </Link>
  );
}
