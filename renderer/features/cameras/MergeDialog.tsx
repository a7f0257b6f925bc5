import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, Modal, Radio } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraRow } from '../../../main/contract/web/cameras.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import css from './cameras.module.css';
import { isFound } from './search.pure.ts';
import { useCameraWords } from './words.ts';

const REASONS = ['other-name', 'renumbered', 'typed-wrong'] as const;
/** Cameras offered at once: so few that a refusal and the buttons are on a small screen with them. More are a reason to type a word of the serial. */
const MAX_OFFERED = 3;

/** Says that this camera has been another registered one all along. */
export function MergeDialog({ camera, onClose, onMerged }: { camera: CameraRow | null; onClose: () => void; onMerged: () => void }) {
  const { t } = useTranslation('cameras');
  return (
    <Modal
      open={camera !== null}
      onCancel={onClose}
      footer={null}
      centered
      destroyOnHidden
      width={600}
      title={camera && t('mergeTitle', { serial: camera.serial })}
    >
      {camera && <MergeForm camera={camera} onClose={onClose} onMerged={onMerged} />}
    </Modal>
  );
}

function MergeForm({ camera, onClose, onMerged }: { camera: CameraRow; onClose: () => void; onMerged: () => void }) {
  const { t } = useTranslation('cameras');
  const { sourceOf } = useCameraWords();
  const id = useId();
  const { data: cameras = [] } = useQuery(api.cameras.list.queryOptions());
  const { mutate, data, error, isPending } = useMutation(api.cameras.merge.mutationOptions());
  const [search, setSearch] = useState('');
  const [into, setInto] = useState<string | null>(null);
  const [because, setBecause] = useState<(typeof REASONS)[number]>('other-name');
  const others = cameras.filter((one) => one.id !== camera.id && isFound(one, search));
  const offered = others.slice(0, MAX_OFFERED);
  const chosen = offered.find((one) => one.id === into) ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) mutate({ id: camera.id, into: chosen.id, because }, { onSuccess: (outcome) => outcome.ok && onMerged() });
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <p>{t('mergeHint')}</p>
      <label htmlFor={id}>{t('mergeInto')}</label>
      <Input
        id={id}
        size="large"
        autoComplete="off"
        placeholder={t('searchHint')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <Radio.Group
        className={css.options ?? ''}
        aria-label={t('mergeInto')}
        value={chosen?.id ?? null}
        options={offered.map((one) => ({ value: one.id, label: `${one.serial} · ${sourceOf(one.identitySource)}` }))}
        onChange={(event) => setInto(String(event.target.value))}
      />
      {offered.length === 0 && <p className={css.quiet}>{t('nothingFound')}</p>}
      {others.length > offered.length && <p className={css.quiet}>{t('mergeMore', { count: others.length - offered.length })}</p>}
      <span id={`${id}-because`}>{t('mergeBecause')}</span>
      <Radio.Group
        className={css.options ?? ''}
        aria-labelledby={`${id}-because`}
        value={because}
        options={REASONS.map((one) => ({ value: one, label: t(`reasons.${one}`) }))}
        onChange={(event) => setBecause(event.target.value)}
      />
      <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />
      <div className={css.bar}>
        <Button type="primary" size="large" htmlType="submit" loading={isPending} disabled={chosen === null}>
          {chosen ? t('mergeAct', { serial: chosen.serial }) : t('mergeChoose')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </form>
  );
}
