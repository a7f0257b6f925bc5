import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDocking, CameraRow, MergedCamera } from '../../../main/contract/web/cameras.ts';
import { api, failureOf } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { Bytes, TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './cameras.module.css';
import { Drift } from './Drift.tsx';
import { PasswordDialog } from './PasswordDialog.tsx';
import { Space } from './Space.tsx';
import { useCameraWords } from './words.ts';

type CameraDrawerProps = {
  camera: CameraRow | null;
  onClose: () => void;
  /** Null for somebody who may not, and where there is no other camera. */
  onMerge: (() => void) | null;
};

/** One camera: what it is, and who had used it whenever it was docked; shut when there is none. */
export function CameraDrawer({ camera, onClose, onMerge }: CameraDrawerProps) {
  const { t } = useTranslation(['cameras', 'common']);
  return (
    <Drawer
      open={camera !== null}
      onClose={onClose}
      size={560}
      title={camera?.serial}
      closable={{ 'aria-label': t('common:close'), placement: 'end' }}
      destroyOnHidden
    >
      {camera !== null && <Details camera={camera} onMerge={onMerge} />}
    </Drawer>
  );
}

function Details({ camera, onMerge }: { camera: CameraRow; onMerge: (() => void) | null }) {
  const { t } = useTranslation('cameras');
  const { kindOf, sourceOf, isLocked: needsPassword } = useCameraWords();
  const isLocked = useCan('cameras.register') && needsPassword(camera.profile);
  const [asking, setAsking] = useState(false);
  const { data, error, refetch } = useQuery(api.cameras.history.queryOptions({ input: { id: camera.id } }));
  return (
    <div className={css.drawer}>
      <Facts
        facts={[
          [t('kind'), kindOf(camera.profile)],
          [t('identity'), sourceOf(camera.identitySource)],
          [t('registered'), <TimeText key="at" at={camera.registeredAt} as="minute" />],
          // Shown all the same, so that nobody takes its absence for a clock that is right.
          [t('drift'), <Drift key="drift" clock={camera.clock} />],
          ...(camera.battery === null ? [] : [[t('battery'), <Battery key="battery" {...camera.battery} />] as const]),
          ...(camera.unit === null ? [] : [[t('unit'), camera.unit] as const]),
          [t('space'), <Space key="space" space={camera.space} />],
        ]}
      />
      {camera.merged.length > 0 && <MergedCameras cameras={camera.merged} />}
      {onMerge && (
        <Button className={css.merge ?? ''} onClick={onMerge}>
          {t('merge')}
        </Button>
      )}
      {isLocked && (
        <Button className={css.merge ?? ''} onClick={() => setAsking(true)}>
          {t('setPassword')}
        </Button>
      )}
      <PasswordDialog open={asking} onClose={() => setAsking(false)} camera={camera} />
      <h2>{t('history')}</h2>
      {data === undefined && !error && <Loading />}
      {(error || data?.ok === false) && <ErrorPanel failure={data?.ok === false ? data.failure : failureOf(error)} onRetry={() => void refetch()} />}
      {data?.ok && data.value.length === 0 && <p className={css.calm}>{t('neverNext')}</p>}
      <ol>{data?.ok && data.value.map((docking) => <Docking key={docking.dockingId} docking={docking} />)}</ol>
    </div>
  );
}

function Battery({ percent, readAt }: { percent: number; readAt: string }) {
  return (
    <span>
      {`${percent}%`}{' '}
      <span className={css.quiet}>
        <TimeText at={readAt} as="minute" />
      </span>
    </span>
  );
}

function MergedCameras({ cameras }: { cameras: readonly MergedCamera[] }) {
  const { t } = useTranslation('cameras');
  const { sourceOf } = useCameraWords();
  const allowed = useCan('cameras.register');
  const { mutateAsync, data, error } = useMutation(api.cameras.separate.mutationOptions());
  return (
    <section>
      <h2>{t('alsoKnown')}</h2>
      <ul>
        {cameras.map(({ id, serial, identitySource }) => (
          <li key={id} className={css.merged}>
            <span>
              <strong>{serial}</strong> <span className={css.quiet}>{sourceOf(identitySource)}</span>
            </span>
            {allowed && (
              <ConfirmTwice calm act={t('separate')} thing={serial} onConfirm={() => mutateAsync({ id })}>
                <p>{t('separateHint')}</p>
              </ConfirmTwice>
            )}
          </li>
        ))}
      </ul>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </section>
  );
}

function Docking({ docking }: { docking: CameraDocking }) {
  const { t } = useTranslation('cameras');
  const { startedAt, endedAt, officers, port, stored, storedBytes, seenAgain, safe } = docking;
  const names = officers.map(({ name, number }) => [name, number].filter((part) => part).join(' ') || t('erased'));
  return (
    <li className={css.docking}>
      <strong>{names.length === 0 ? t('nobody') : names.join(t('and'))}</strong>
      <p className={css.quiet}>
        <TimeText at={startedAt} as="minute" /> {'–'} {endedAt === null ? t('docked') : <TimeText at={endedAt} as="minute" />}
        {' · '}
        {t('port', { port })}
      </p>
      {stored === null ? (
        <p>{t('unsettled')}</p>
      ) : (
        <p>
          {t('brought', { count: stored })} <Bytes bytes={storedBytes} />
          {seenAgain !== null && seenAgain > 0 && ` · ${t('seenAgain', { count: seenAgain })}`}
          {' · '}
          <span className={safe ? css.good : css.damaged}>
            {safe ? <CheckCircleOutlined aria-hidden /> : <WarningOutlined aria-hidden />} {t(safe ? 'allProven' : 'notAllProven')}
          </span>
        </p>
      )}
    </li>
  );
}
