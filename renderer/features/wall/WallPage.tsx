import { UsbOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortCard } from '../../../main/contract/web/wall.ts';
import { api, failureOf } from '../../api/client.ts';
import { useConnection } from '../../api/connection.ts';
import { Loading } from '../../ui/Loading.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { Card } from './Card.tsx';
import { Strip } from './Strip.tsx';
import { useWallGrid } from './use-wall-grid.ts';
import css from './wall.module.css';

const PortDetails = lazy(() => import('./PortDetails.tsx').then((module) => ({ default: module.PortDetails })));

/** Free space changes without an entry of its own. */
const ASK_EVERY_MS = 30_000;

/** The home of the window: every port and the one word that says whether its camera may be taken. Needs no sign-in. */
export function WallPage() {
  const { t } = useTranslation(['wall', 'shell']);
  const { data, error, refetch } = useQuery(api.wall.ports.queryOptions({ refetchInterval: ASK_EVERY_MS }));
  if (data === undefined && error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} alone />;
  if (data === undefined) return <Loading place="page" />;
  return (
    <div className={css.wall}>
      <title>{`${t('title')} · Evidock`}</title>
      <h1 className="only-for-readers">{t('title')}</h1>
      <Strip ports={data.ports} freeBytes={data.freeBytes} totalBytes={data.totalBytes} archiveReachable={data.archiveReachable} />
      {data.ports.length > 0 ? (
        <Ports ports={data.ports} />
      ) : (
        <EmptyState title={t('noPorts')} icon={<UsbOutlined />}>
          <p>{t('noPortsNext')}</p>
        </EmptyState>
      )}
    </div>
  );
}

function Ports({ ports }: { ports: PortCard[] }) {
  const { t } = useTranslation('wall');
  const { state } = useConnection();
  const [area, grid] = useWallGrid(ports.length);
  const [shown, setShown] = useState<number | null>(null);
  const [wanted, setWanted] = useState(false);
  const open = useCallback((port: number) => {
    setWanted(true);
    setShown(port);
  }, []);
  const { columns, cardWidth, cardHeight } = grid ?? { columns: 1, cardWidth: 0, cardHeight: 0 };
  return (
    <section ref={area} className={css.area} aria-label={t('ports')} data-stale={state === 'lost'}>
      {grid !== null && (
        <div className={css.grid} style={{ '--columns': columns, '--card-width': `${cardWidth}px`, '--card-height': `${cardHeight}px` }}>
          {ports.map((card) => (
            <Card key={card.port} card={card} onOpen={open} />
          ))}
        </div>
      )}
      {wanted && (
        <Suspense>
          <PortDetails card={ports.find((card) => card.port === shown) ?? null} onClose={() => setShown(null)} />
        </Suspense>
      )}
    </section>
  );
}
