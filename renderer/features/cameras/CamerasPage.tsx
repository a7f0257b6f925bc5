import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { api, failureOf } from '../../api/client.ts';
import { Chips } from '../../ui/Chips.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { useCan } from '../session/index.ts';
import { CameraDrawer } from './CameraDrawer.tsx';
import { CameraTable } from './CameraTable.tsx';
import css from './cameras.module.css';
import { MergeDialog } from './MergeDialog.tsx';
import { PasswordDialog } from './PasswordDialog.tsx';
import { RegisterDialog } from './RegisterDialog.tsx';
import { isFound } from './search.pure.ts';

const OVERDUE = 'overdue';

/** Every camera the station knows: which came in, which did not, and what each has brought. */
export function CamerasPage() {
  const { t } = useTranslation('cameras');
  const { data, error, refetch } = useQuery(api.cameras.list.queryOptions());
  const [open, setOpen] = useState<'register' | 'password' | null>(null);
  const allowed = useCan('cameras.register');
  const register = allowed && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setOpen('register')}>
      {t('register')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} hint={data && t('count', { count: data.length })}>
        {allowed && <Button onClick={() => setOpen('password')}>{t('setPasswordOfKind')}</Button>}
        {data && data.length > 0 && register}
      </PageHeader>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Loading place="below-title" />}
      {data?.length === 0 && (
        <EmptyState title={t('none')} action={register}>
          <p>{t('noneNext')}</p>
        </EmptyState>
      )}
      {data && data.length > 0 && <Register cameras={data} />}
      {allowed && <RegisterDialog open={open === 'register'} onClose={() => setOpen(null)} />}
      {allowed && <PasswordDialog open={open === 'password'} onClose={() => setOpen(null)} camera={null} />}
    </>
  );
}

function Register({ cameras }: { cameras: CameraRow[] }) {
  const { t } = useTranslation('cameras');
  const [filter, setFilter] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [openId, setOpenId] = useState<string | null>(null);
  const [merging, setMerging] = useState(false);
  const allowed = useCan('cameras.register');
  const open = cameras.find((one) => one.id === openId) ?? null;
  const overdue = cameras.filter((camera) => camera.overdue);
  const rows = (filter === OVERDUE ? overdue : cameras).filter((camera) => isFound(camera, search));
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Input.Search
          className={css.search ?? ''}
          aria-label={t('search')}
          placeholder={t('searchHint')}
          allowClear
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Chips label={t('filter')} chips={[{ id: OVERDUE, label: t('overdue'), count: overdue.length }]} chosen={filter} onChoose={setFilter} />
      </div>
      <p className="only-for-readers" role="status">
        {t('count', { count: rows.length })}
      </p>
      {rows.length > 0 ? <CameraTable cameras={rows} onOpen={setOpenId} /> : <p className={css.calm}>{t('nothingFound')}</p>}
      <CameraDrawer camera={open} onClose={() => setOpenId(null)} onMerge={allowed && cameras.length > 1 ? () => setMerging(true) : null} />
      <MergeDialog
        camera={merging ? open : null}
        onClose={() => setMerging(false)}
        onMerged={() => {
          setMerging(false);
          setOpenId(null);
        }}
      />
    </div>
  );
}
