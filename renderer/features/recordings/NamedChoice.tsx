import { CloseOutlined, DownOutlined, SearchOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input, Popover } from 'antd';
import { type KeyboardEvent, useDeferredValue, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingChoice } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useCan } from '../session/index.ts';
import css from './named-choice.module.css';

/** What there are too many of to be listed: whom or what a list is narrowed to is looked for by name. */
export const NAMED = ['officerId', 'cameraId', 'caseId'] as const;
const ASKED = { officerId: api.recordings.officers, cameraId: api.recordings.cameras, caseId: api.recordings.cases };
const NEEDS = { officerId: 'recordings.read', cameraId: 'cameras.read', caseId: 'cases.read' } as const;

type Props = { of: (typeof NAMED)[number]; value: string | undefined; onChange: (id: string | undefined) => void };

/** Narrows a list to one officer, camera or case; not there for who may not see those. */
export function NamedChoice({ of, value, onChange }: Props) {
  const { t } = useTranslation('recordings');
  const allowed = useCan(NEEDS[of]);
  const opener = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const { data } = useQuery({ ...ASKED[of].queryOptions({ input: { chosen: value } }), enabled: allowed && value !== undefined });
  if (!allowed) return null;
  const label = t(`only.${of}`);
  const chosen = data?.chosen ? (wordOf(data.chosen) ?? t('erased')) : '…';
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const choose = (id: string) => {
    close();
    onChange(id);
  };
  return (
    <span className={css.choice} data-on={value !== undefined}>
      <Popover
        trigger="click"
        placement="bottomLeft"
        destroyOnHidden
        getPopupContainer={(button) => button.parentElement ?? document.body}
        open={open}
        onOpenChange={setOpen}
        content={<Choices of={of} label={label} value={value} onChoose={choose} onLeave={close} />}
      >
        <button ref={opener} type="button" className={css.opener} aria-haspopup="dialog" aria-expanded={open}>
          {value === undefined ? t('anyOf', { what: label }) : t('onlyOf', { what: label, name: chosen })}
          <DownOutlined aria-hidden />
        </button>
      </Popover>
      {value !== undefined && (
        <button type="button" className={css.remove} aria-label={t('notOnly', { what: label })} onClick={() => onChange(undefined)}>
          <CloseOutlined aria-hidden />
        </button>
      )}
    </span>
  );
}

type ChoicesProps = Pick<Props, 'of' | 'value'> & { label: string; onChoose: (id: string) => void; onLeave: () => void };

/** The arrows go from the words to what they find and back, Enter takes the first, Escape leaves. */
function Choices({ of, label, value, onChoose, onLeave }: ChoicesProps) {
  const { t } = useTranslation(['recordings', 'common']);
  const [text, setText] = useState('');
  const search = useDeferredValue(text.trim());
  const { data, error } = useQuery({ ...ASKED[of].queryOptions({ input: { search } }), placeholderData: keepPreviousData });
  const [first] = data?.rows ?? [];
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') onLeave();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, [data-choice]')];
    stops[stops.findIndex((one) => one.matches(':focus')) + step]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the box and the buttons in it
    <div className={css.choices} onKeyDown={onKey}>
      <Input
        autoFocus
        prefix={<SearchOutlined aria-hidden />}
        maxLength={100}
        aria-label={t('find', { what: label })}
        placeholder={t(`findHint.${of}`)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => search !== '' && first && onChoose(first.id)}
      />
      {error && <FailureAlert failure={failureOf(error) ?? 'unreachable'} />}
      <ul className={css.list}>
        {data?.rows.map((one) => (
          <li key={one.id}>
            <One one={one} chosen={one.id === value} onChoose={() => onChoose(one.id)} />
          </li>
        ))}
      </ul>
      <p className={css.hint} role="status">
        {data === undefined ? !error && t('common:loading') : hintOf(data.rows.length, search, data.more)}
      </p>
    </div>
  );

  function hintOf(count: number, words: string, more: boolean): string {
    if (words === '') return t(count === 0 ? 'findFirst' : 'findOthers');
    return count === 0 ? t('findNothing') : more ? t('findMore', { count }) : t('found', { count });
  }
}

/** Somebody of whom only files have told yet has a number and no name. */
function wordOf({ name, detail }: RecordingChoice): string | null {
  return name ?? detail;
}

function One({ one, chosen, onChoose }: { one: RecordingChoice; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation('recordings');
  return (
    <button type="button" data-choice className={css.one} aria-pressed={chosen} onClick={onChoose}>
      <b>{wordOf(one) ?? t('erased')}</b>
      {one.name !== null && <span>{one.detail}</span>}
    </button>
  );
}
