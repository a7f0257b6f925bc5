import { ClockCircleOutlined, RightOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Bytes, TimeText } from '../../ui/text.tsx';
import css from './cameras.module.css';
import { Space } from './Space.tsx';
import { useCameraWords } from './words.ts';

export function CameraTable({ cameras, onOpen }: { cameras: readonly CameraRow[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation('cameras');
  const { kindOf } = useCameraWords();
  return (
    <DataTable
      label={t('title')}
      rows={cameras}
      keyOf={(camera) => camera.id}
      columns={[
        { id: 'serial', title: t('serial'), nowrap: true, cell: (camera) => <Serial camera={camera} onOpen={onOpen} /> },
        { id: 'kind', title: t('kind'), cell: ({ profile }) => kindOf(profile) },
        { id: 'docked', title: t('lastDocked'), nowrap: true, cell: (camera) => <LastDocked camera={camera} /> },
        { id: 'officer', title: t('lastOfficer'), cell: ({ lastOfficer }) => lastOfficer?.name ?? lastOfficer?.number ?? '—' },
        { id: 'space', title: t('space'), nowrap: true, cell: ({ space }) => <Space space={space} /> },
        { id: 'items', title: t('items'), number: true, cell: ({ items }) => items },
        { id: 'bytes', title: t('size'), number: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
        { id: 'damaged', title: t('damaged'), number: true, cell: ({ damaged }) => <Damaged count={damaged} /> },
      ]}
    />
  );
}

function Serial({ camera, onOpen }: { camera: CameraRow; onOpen: (id: string) => void }) {
  return (
    <button type="button" className={css.serial} onClick={() => onOpen(camera.id)}>
      {camera.serial} <RightOutlined aria-hidden />
    </button>
  );
}

function LastDocked({ camera }: { camera: CameraRow }) {
  const { t } = useTranslation('cameras');
  return (
    <>
      {camera.lastDockedAt === null ? t('never') : <TimeText at={camera.lastDockedAt} as="minute" />}
      {camera.docked && <span className={css.docked}>{t('docked')}</span>}
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
