import { AimOutlined, CheckCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsbPort } from '../../../main/contract/api/docking.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import { api, client, failureOf, queryClient } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { EmptyState, ErrorPanel, FailureText } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { LearnDialog } from './LearnDialog.tsx';
import css from './station.module.css';

/** What is in a socket is no matter of the ledger: it is looked at while somebody looks at it. */
const LOOK_MS = 2000;

/** Every USB socket, what is in it and what is wrong with it; an admin shows here which socket is which port. */
export function Ports() {
  const { t } = useTranslation('station');
  const mayLearn = useCan('station.configure');
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery(api.station.usbPorts.queryOptions({ refetchInterval: LOOK_MS }));
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (!data.ok) return <ErrorPanel failure={data.failure} onRetry={() => void refetch()} />;
  const { ports, failures } = data.value;
  const shown = ports.filter(isWorthShowing);
  const learned = ports.filter((port) => port.learned);
  return (
    <div className={css.column}>
      {failures.length > 0 && <Failures failures={failures} />}
      <div className={css.choices}>
        {mayLearn && (
          <Button type="primary" icon={<AimOutlined aria-hidden />} onClick={() => setOpen(true)}>
            {t('learn')}
          </Button>
        )}
        <span className={css.quiet}>{t(learned.length > 0 ? 'learnedHint' : 'notLearnedHint')}</span>
      </div>
      {shown.length === 0 ? <EmptyState title={t('noPorts')} /> : <PortTable ports={shown} mayForget={mayLearn} />}
      <p className={css.quiet}>{t('emptyPorts', { count: ports.length - shown.length })}</p>
      {mayLearn && <LearnDialog open={isOpen} first={firstFree(learned)} onClose={() => setOpen(false)} />}
    </div>
  );
}

function isWorthShowing({ port, device, failures }: UsbPort): boolean {
  return port !== null || device !== null || failures.length > 0;
}

/** The lowest number that no port has been shown for yet. */
function firstFree(learned: readonly UsbPort[]): number {
  const taken = new Set(learned.map(({ port }) => port));
  let free = 1;
  while (taken.has(free)) free += 1;
  return free;
}

function PortTable({ ports, mayForget }: { ports: UsbPort[]; mayForget: boolean }) {
  const { t } = useTranslation('station');
  return (
    <DataTable
      label={t('tabs.ports')}
      rows={ports}
      keyOf={({ place }) => place}
      columns={[
        { id: 'port', title: t('port'), nowrap: true, cell: (port) => <PortNumber port={port} /> },
        {
          id: 'device',
          title: t('inIt'),
          cell: ({ device }) => (device === null ? <span className={css.quiet}>{t('nothingIn')}</span> : device.name),
        },
        { id: 'speed', title: t('speed'), nowrap: true, cell: ({ device }) => speedText(device) },
        { id: 'wrong', title: t('selfTest'), cell: (port) => <Findings port={port} /> },
        { id: 'place', title: t('place'), cell: ({ place }) => <span className={css.small}>{place}</span> },
        ...(mayForget ? [{ id: 'acts', title: t('acts'), cell: (port: UsbPort) => <Forget port={port} /> }] : []),
      ]}
    />
  );
}

function PortNumber({ port: { port, learned, ofDock, device } }: { port: UsbPort }) {
  const { t } = useTranslation('station');
  if (port !== null) return learned ? <strong>{port}</strong> : <span>{t('numberedByItself', { port })}</span>;
  return <span className={css.quiet}>{device?.isHub ? t('hub') : ofDock ? '—' : t('notOfDock')}</span>;
}

function speedText(device: UsbPort['device']): string {
  if (device?.speedMbps == null) return '—';
  return device.speedMbps >= 1000 ? `${device.speedMbps / 1000} Gb/s` : `${device.speedMbps} Mb/s`;
}

function Findings({ port: { failures, device } }: { port: UsbPort }) {
  const { t } = useTranslation('station');
  if (failures.length > 0) return <Failures failures={failures} />;
  if (device === null) return <span className={css.quiet}>—</span>;
  return (
    <span className={css.good}>
      <CheckCircleOutlined aria-hidden /> {t('nothingWrong')}
    </span>
  );
}

function Failures({ failures }: { failures: readonly Failure[] }) {
  return (
    <ul className={css.failures}>
      {failures.map((failure) => (
        <li key={`${failure.code} ${failure.detail}`}>
          <FailureText failure={failure} />
        </li>
      ))}
    </ul>
  );
}

function Forget({ port: { port, learned } }: { port: UsbPort }) {
  const { t } = useTranslation('station');
  const [trouble, setTrouble] = useState<Parameters<typeof FailureAlert>[0]['failure']>(null);
  if (port === null || !learned) return <span className={css.quiet}>—</span>;
  const forget = () =>
    client.station
      .forgetPort({ port })
      .then((outcome) => setTrouble(outcome.ok ? null : outcome.failure))
      .catch((error: unknown) => setTrouble(failureOf(error) ?? 'unreachable'))
      .finally(() => void queryClient.invalidateQueries({ queryKey: api.station.usbPorts.key() }));
  return (
    <>
      <ConfirmTwice calm act={t('forget')} thing={t('portNamed', { port })} onConfirm={forget}>
        <p>{t('forgetHint')}</p>
      </ConfirmTwice>
      <FailureAlert failure={trouble} />
    </>
  );
}
