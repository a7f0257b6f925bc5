import { CheckOutlined, CloseOutlined, DownOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SavedView } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { isSameView, type ListView } from './filters.pure.ts';
import css from './recordings.module.css';

type SavedViewsProps = { now: ListView; onChoose: (view: ListView) => void };

/** Filters somebody comes back to, by name: each person has their own, at every screen of the station. */
export function SavedViews({ now, onChoose }: SavedViewsProps) {
  const { t } = useTranslation('recordings');
  const [open, setOpen] = useState(false);
  const { data: views, error } = useQuery(api.recordings.views.queryOptions());
  const chosen = views?.find((view) => isSameView(view, now));
  const choose = (view: SavedView) => {
    setOpen(false);
    onChoose(view);
  };
  const content = (
    <div className={css.views}>
      {views?.length === 0 && <p className={css.viewsHint}>{t('views.none')}</p>}
      {error && <FailureAlert failure={failureOf(error) ?? 'unreachable'} />}
      <ul>
        {views?.map((view) => (
          <View key={view.name} view={view} chosen={view === chosen} onChoose={() => choose(view)} />
        ))}
      </ul>
      <KeepView key={chosen?.name} now={now} known={chosen !== undefined} />
    </div>
  );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      getPopupContainer={(button) => button.parentElement ?? document.body}
      open={open}
      onOpenChange={setOpen}
      content={content}
    >
      <Button icon={<DownOutlined aria-hidden />} iconPlacement="end">
        {chosen === undefined ? t('views.title') : t('views.chosen', { name: chosen.name })}
      </Button>
    </Popover>
  );
}

function View({ view, chosen, onChoose }: { view: SavedView; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation('recordings');
  const cache = useQueryClient();
  const { mutate, error } = useMutation(api.recordings.dropView.mutationOptions());
  const drop = () => mutate({ name: view.name }, { onSuccess: (views) => cache.setQueryData(api.recordings.views.queryKey(), views) });
  return (
    <li className={css.view}>
      <button type="button" className={css.viewName} aria-pressed={chosen} onClick={onChoose}>
        {chosen && <CheckOutlined aria-hidden />} {view.name}
      </button>
      <Button type="text" icon={<CloseOutlined aria-hidden />} aria-label={t('views.drop', { name: view.name })} onClick={drop} />
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : null} />
    </li>
  );
}

function KeepView({ now, known }: { now: ListView; known: boolean }) {
  const { t } = useTranslation('recordings');
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const { mutate, data, error, isPending } = useMutation(api.recordings.keepView.mutationOptions());
  if (known) return null;
  if (Object.keys(now.filter).length === 0) return <p className={css.viewsHint}>{t('views.filterFirst')}</p>;
  const keep = () =>
    mutate(
      { ...now, name: name.trim() },
      { onSuccess: (outcome) => outcome.ok && cache.setQueryData(api.recordings.views.queryKey(), outcome.value) },
    );
  return (
    <form
      className={css.keepView}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') keep();
      }}
    >
      <Input
        maxLength={30}
        aria-label={t('views.name')}
        placeholder={t('views.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="primary" htmlType="submit" loading={isPending} disabled={name.trim() === ''}>
        {t('views.keep')}
      </Button>
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
    </form>
  );
}
