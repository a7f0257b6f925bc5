import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RecordingFilter } from '../../../main/contract/web/recordings.ts';
import { api } from '../../api/client.ts';
import { SearchBox } from '../../ui/SearchBox.tsx';
import { DayPicker } from './DayPicker.tsx';
import { withoutAbsent } from './filters.pure.ts';
import { NAMED, NamedChoice } from './NamedChoice.tsx';
import css from './recordings.module.css';

/** What people look for every day, each with how many there are. */
const QUICK = [
  ['unlinked', { linked: false, kind: 'recording' }],
  ['damaged', { damaged: true }],
  ['late', { deadline: 'late' }],
  ['undetermined', { deadline: 'undetermined' }],
  ['notArchived', { archived: false }],
] as const satisfies [string, RecordingFilter][];
const KINDS = ['recording', 'loose', 'docking'] as const;
const STAGE_NAMES = ['start', 'investigation', 'decision', 'service-and-execution'] as const;

type FilterBarProps = { filter: RecordingFilter; onFilter: (filter: RecordingFilter) => void };

/** Search, quick filters with counts, the rest as choices, and what is in force as chips that can be taken away. */
export function FilterBar({ filter, onFilter }: FilterBarProps) {
  const { t } = useTranslation('recordings');
  const put = (change: RecordingFilter) => onFilter(withoutAbsent({ ...filter, ...change }));
  return (
    <search className={css.filters}>
      <SearchBox
        className={css.search}
        label={t('search')}
        hint={t('searchHint')}
        value={filter.search ?? ''}
        onChange={(search) => put({ search })}
      />
      {QUICK.map(([name, wanted]) => (
        <QuickChip key={name} name={name} wanted={wanted} filter={filter} onFilter={onFilter} />
      ))}
      {NAMED.map((key) => (
        <NamedChoice key={key} of={key} value={filter[key]} onChange={(id) => put({ [key]: id })} />
      ))}
      <Choice label={t('column.kind')} value={filter.kind} options={KINDS.map((one) => [one, t(`kind.${one}`)])} onChange={(kind) => put({ kind })} />
      <UnitChoice value={filter.unit} onChange={(unit) => put({ unit })} />
      <Choice
        label={t('column.stage')}
        value={filter.stage}
        options={STAGE_NAMES.map((one) => [one, t(`stage.${one}`)])}
        onChange={(stage) => put({ stage })}
      />
      <DayPicker label={t('from')} value={filter.from} onChange={(from) => put({ from })} />
      <DayPicker label={t('to')} value={filter.to} min={filter.from} onChange={(to) => put({ to: to && `${to}T23:59:59.999` })} />
      {filter.dockingId !== undefined && (
        <button type="button" className={css.chip} aria-pressed="true" onClick={() => put({ dockingId: undefined })}>
          {t('oneDocking')}
          <CloseOutlined aria-hidden />
        </button>
      )}
      {Object.keys(filter).length > 0 && (
        <Button type="link" onClick={() => onFilter({})}>
          {t('clearFilters')}
        </Button>
      )}
    </search>
  );
}

type QuickName = (typeof QUICK)[number][0];

function QuickChip({
  name,
  wanted,
  filter,
  onFilter,
}: {
  name: QuickName;
  wanted: RecordingFilter;
  filter: RecordingFilter;
  onFilter: FilterBarProps['onFilter'];
}) {
  const { t } = useTranslation('recordings');
  const { data } = useQuery(api.recordings.list.queryOptions({ input: { filter: wanted, limit: 1 } }));
  const keys = Object.keys(wanted) as (keyof RecordingFilter)[];
  const on = keys.every((key) => filter[key] === wanted[key]);
  const without = withoutAbsent({ ...filter, ...Object.fromEntries(keys.map((key) => [key, undefined])) });
  return (
    <button type="button" className={css.chip} aria-pressed={on} onClick={() => onFilter(on ? without : { ...filter, ...wanted })}>
      {t(`quick.${name}`)}
      {typeof data?.total === 'number' && <b>{data.total}</b>}
      {on && <CloseOutlined aria-hidden />}
    </button>
  );
}

/** Units of officers; left out while the register of officers names none. */
function UnitChoice({ value, onChange }: { value: string | undefined; onChange: (unit: string | undefined) => void }) {
  const { t } = useTranslation('recordings');
  const { data = [] } = useQuery(api.recordings.units.queryOptions());
  const units = value === undefined || data.includes(value) ? data : [...data, value];
  if (units.length === 0) return null;
  return <Choice label={t('unit')} value={value} options={units.map((one) => [one, one])} onChange={onChange} />;
}

type ChoiceProps<T extends string> = { label: string; value: T | undefined; options: [T, string][]; onChange: (value: T | undefined) => void };

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const { t } = useTranslation('recordings');
  return (
    <select
      className={css.control}
      aria-label={label}
      data-on={value !== undefined}
      value={value ?? ''}
      onChange={(event) => onChange(options.find(([one]) => one === event.target.value)?.[0])}
    >
      <option value="">{t('anyOf', { what: label })}</option>
      {options.map(([one, word]) => (
        <option key={one} value={one}>
          {word}
        </option>
      ))}
    </select>
  );
}
