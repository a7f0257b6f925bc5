import { PauseCircleOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, InputNumber, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DestinationSchedule } from '../../../main/contract/api/archive.ts';
import type { DestinationRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { bytesText } from '../../ui/format.pure.ts';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { useDestinations } from './use-destinations.ts';

type Cap = DestinationSchedule['caps'][number];
type Change = Partial<DestinationSchedule>;

const MEGABYTE = 1_000_000;
/** Office hours at 2 MB/s: what a new cap begins as. */
const NEW_CAP: Cap = { fromHour: 8, toHour: 18, bytesPerSecond: 2 * MEGABYTE };
const MOST_CAPS = 24;

function useSchedule(name: string) {
  const { mutate, data, error, isPending } = useMutation(api.archive.schedule.mutationOptions());
  const change = (what: Change, onDone?: () => void) =>
    mutate(
      { name, ...what },
      {
        onSuccess: (outcome) => {
          if (!outcome.ok) return;
          void queryClient.invalidateQueries({ queryKey: api.archive.key() });
          onDone?.();
        },
      },
    );
  const failure = isPending ? null : error ? (failureOf(error) ?? ('unreachable' as const)) : data?.ok === false ? data.failure : null;
  return { change, failure, isPending };
}

/** How the outbox treats an archive: paused, capped by the hour, after another one; and where that is changed. */
export function Schedule({ destination }: { destination: DestinationRow }) {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const { name, schedule, rateNow } = destination;
  const { change, failure, isPending } = useSchedule(name);
  const [open, setOpen] = useState(false);
  const rateText = useRateText();
  return (
    <>
      {schedule.paused && (
        <p className={css.warning}>
          <PauseCircleOutlined aria-hidden /> {t('paused')}
        </p>
      )}
      {(schedule.after !== null || schedule.caps.length > 0) && (
        <ul className={css.schedule} aria-label={t('scheduleOf', { name })}>
          {schedule.after !== null && <li>{t('afterThat', { name: schedule.after })}</li>}
          {schedule.caps.map((cap) => (
            <li key={`${cap.fromHour} ${cap.toHour} ${cap.bytesPerSecond}`}>
              {t('capped', { ...hoursOf(cap), rate: rateText(cap.bytesPerSecond) })}
            </li>
          ))}
          {rateNow !== null && !schedule.paused && <li className={css.now}>{t('rateNow', { rate: rateText(rateNow) })}</li>}
        </ul>
      )}
      {allowed && (
        <div className={css.act}>
          <Button
            loading={isPending}
            aria-label={t(schedule.paused ? 'resumeNamed' : 'pauseNamed', { name })}
            onClick={() => change({ paused: !schedule.paused })}
          >
            {t(schedule.paused ? 'resume' : 'pause')}
          </Button>
          <Button aria-label={t('scheduleOf', { name })} onClick={() => setOpen(true)}>
            {t('schedule')}
          </Button>
        </div>
      )}
      <FailureAlert failure={failure} />
      {open && <ScheduleDialog destination={destination} onClose={() => setOpen(false)} />}
    </>
  );
}

const hoursOf = ({ fromHour, toHour }: Cap) => ({ from: `${fromHour}:00`, to: `${toHour}:00` });

function useRateText(): (bytesPerSecond: number) => string {
  const { t } = useTranslation('archive');
  return (bytesPerSecond) => (bytesPerSecond === 0 ? t('nothing') : t('atMost', { rate: bytesText(bytesPerSecond) }));
}

const NONE = '';

function ScheduleDialog({ destination: { name, schedule }, onClose }: { destination: DestinationRow; onClose: () => void }) {
  const { t } = useTranslation('archive');
  const { data } = useDestinations();
  const { change, failure, isPending } = useSchedule(name);
  const [after, setAfter] = useState(schedule.after);
  const [caps, setCaps] = useState<Partial<Cap>[]>(schedule.caps);
  const others = data?.filter((one) => one.name !== name) ?? [];
  const whole = caps.every((cap): cap is Cap => Object.values({ ...NO_CAP, ...cap }).every((value) => value !== undefined));
  const save = () => change({ after, caps: caps as Cap[] }, onClose);
  return (
    <Modal
      open
      centered
      title={t('scheduleOf', { name })}
      okText={t('save')}
      okButtonProps={{ disabled: !whole, loading: isPending }}
      cancelText={t('explainCancel')}
      onOk={save}
      onCancel={onClose}
    >
      <div className={css.dialog}>
        <h3 id="after">{t('whenItGoes')}</h3>
        <Radio.Group
          className={css.options ?? ''}
          aria-labelledby="after"
          value={after ?? NONE}
          options={[{ value: NONE, label: t('atOnce') }, ...others.map((one) => ({ value: one.name, label: t('afterThat', { name: one.name }) }))]}
          onChange={(event) => setAfter(event.target.value === NONE ? null : String(event.target.value))}
        />
        <h3>{t('caps')}</h3>
        <p className={css.about}>{t('capsHint')}</p>
        {caps.map((cap, n) => (
          <CapRow
            // Rows have no name of their own, and their order is theirs.
            key={n}
            n={n + 1}
            cap={cap}
            onChange={(next) => setCaps(caps.map((one, m) => (m === n ? next : one)))}
            onRemove={() => setCaps(caps.filter((_, m) => m !== n))}
          />
        ))}
        {caps.length < MOST_CAPS && (
          <div>
            <Button onClick={() => setCaps([...caps, NEW_CAP])}>{t('addCap')}</Button>
          </div>
        )}
        <FailureAlert failure={failure} />
      </div>
    </Modal>
  );
}

const NO_CAP: Record<keyof Cap, undefined> = { fromHour: undefined, toHour: undefined, bytesPerSecond: undefined };

type CapRowProps = { n: number; cap: Partial<Cap>; onChange: (cap: Partial<Cap>) => void; onRemove: () => void };

function CapRow({ n, cap, onChange, onRemove }: CapRowProps) {
  const { t } = useTranslation('archive');
  const set =
    (key: keyof Cap, factor = 1) =>
    (next: number | null) =>
      onChange({ ...cap, [key]: next === null ? undefined : Math.round(next * factor) });
  const figure = { precision: 0, className: css.hour ?? '' };
  return (
    <fieldset className={css.cap}>
      <legend>{t('capNumber', { n })}</legend>
      <InputNumber {...figure} aria-label={t('fromHour')} min={0} max={23} value={cap.fromHour ?? null} onChange={set('fromHour')} />
      <span>{t('until')}</span>
      <InputNumber {...figure} aria-label={t('toHour')} min={1} max={24} value={cap.toHour ?? null} onChange={set('toHour')} />
      <span>{t('oclock')}</span>
      <InputNumber
        className={css.rate ?? ''}
        aria-label={t('megabytes')}
        min={0}
        max={100_000}
        step={0.5}
        value={cap.bytesPerSecond === undefined ? null : cap.bytesPerSecond / MEGABYTE}
        onChange={set('bytesPerSecond', MEGABYTE)}
      />
      <span>{t('megabytesShort')}</span>
      <Button aria-label={t('removeCap', { n })} onClick={onRemove}>
        {t('remove')}
      </Button>
    </fieldset>
  );
}
