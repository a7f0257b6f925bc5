import { ClockCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { api } from '../../api/client.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Bytes, TimeText } from '../../ui/text.tsx';
import css from './cameras.module.css';

const SOURCES = ['operator', 'identity-file', 'name-pattern', 'volume-uuid', 'folder-name'] as const;

export function CameraTable({ cameras }: { cameras: readonly CameraRow[] }) {
  const { t, i18n } = useTranslation('cameras');
  const { data: profiles } = useQuery(api.cameras.profiles.queryOptions());
  const kindOf = (id: string) => profiles?.find((one) => one.id === id)?.[i18n.language === 'en' ? 'en' : 'zh'] ?? id;
  return (
    <DataTable
      label={t('title')}
      rows={cameras}
      keyOf={(camera) => camera.id}
      columns={[
        { id: 'serial', title: t('serial'), nowrap: true, cell: ({ serial }) => <strong>{serial}</strong> },
        { id: 'kind', title: t('kind'), cell: ({ profile }) => kindOf(profile) },
        { id: 'identity', title: t('identity'), cell: ({ identitySource }) => <Identity source={identitySource} /> },
        { id: 'docked', title: t('lastDocked'), nowrap: true, cell: (camera) => <LastDocked camera={camera} /> },
        { id: 'officer', title: t('lastOfficer'), cell: ({ lastOfficer }) => lastOfficer?.name ?? lastOfficer?.number ?? '—' },
        { id: 'items', title: t('items'), number: true, cell: ({ items }) => items },
        { id: 'bytes', title: t('size'), number: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
        { id: 'damaged', title: t('damaged'), number: true, cell: ({ damaged }) => <Damaged count={damaged} /> },
      ]}
    />
  );
}

function Identity({ source }: { source: string }) {
  const { t } = useTranslation('cameras');
  const known = SOURCES.find((one) => one === source);
  return <>{known === undefined ? source : t(`sources.${known}`)}</>;
}

function LastDocked({ camera }: { camera: CameraRow }) {
  const { t } = useTranslation('cameras');
  return (
    <>
      {camera.lastDockedAt === null ? t('never') : <TimeText at={camera.lastDockedAt} as="minute" />}
      {camera.overdue && (
        <span className={css.overdue}>
          <ClockCircleOutlined aria-hidden /> {t('overdue')}
        </span>
      )}
    </>
  );
}

function Damaged({ count }: { count: number }) {
  if (count === 0) return <>0</>;
  return (
    <span className={css.damaged}>
      <WarningOutlined aria-hidden /> {count}
    </span>
  );
}
