import { ACTION_KINDS, ActionKind } from '../contract/notice.ts';
import type { RowFault } from '../contract/row-faults.ts';
import { instantOfLocal } from './zoned-time.pure.ts';

/** A case as one row of a list gives it. */
export type CaseRow = {
  number: string;
  title: string;
  actionKind: ActionKind;
  officers: string[];
  startedAt: string | null;
  endedAt: string | null;
  place: string;
};

/** Headings that lists use for each column, as agencies' systems write them. */
const HEADINGS: Record<string, string[]> = {
  number: ['number', '案号', '案件编号'],
  title: ['title', '案由', '案件名称'],
  kind: ['kind', '执法行为', '执法类别'],
  officers: ['officers', '执法人员', '执法证号'],
  start: ['start', '开始时间'],
  end: ['end', '结束时间'],
  place: ['place', '地点'],
};

type Cells = Record<string, string | string[]>;

export type Wrong = Pick<RowFault, 'column' | 'fault' | 'value'>;

/** Reads one row; `wrong` names the column and what is wrong with it, for the person who has to correct it. */
export function readCaseRow(cells: Cells, zone: string): { row: CaseRow } | { wrong: Wrong } {
  const number = cell(cells, 'number');
  if (number === '') return { wrong: { column: 'number', fault: 'missing', value: '' } };
  const kind = cell(cells, 'kind');
  const actionKind = ActionKind.options.find((id) => id === kind || ACTION_KINDS[id].zh === kind);
  if (!actionKind) return { wrong: { column: 'kind', fault: kind === '' ? 'missing' : 'not-in-list', value: kind } };
  const start = instant(cell(cells, 'start'), zone);
  if ('wrong' in start) return { wrong: { column: 'start', ...start.wrong } };
  const end = instant(cell(cells, 'end'), zone);
  if ('wrong' in end) return { wrong: { column: 'end', ...end.wrong } };
  if (start.at && end.at && end.at < start.at) {
    return { wrong: { column: 'end', fault: 'before-start', value: cell(cells, 'end') } };
  }
  return {
    row: {
      number,
      title: cell(cells, 'title'),
      actionKind,
      officers: officersOf(cells),
      startedAt: start.at,
      endedAt: end.at,
      place: cell(cells, 'place'),
    },
  };
}

function find(cells: Cells, column: string): string | string[] | undefined {
  const heading = Object.keys(cells).find((key) => HEADINGS[column]?.includes(key.trim().toLowerCase()));
  return heading === undefined ? undefined : cells[heading];
}

function cell(cells: Cells, column: string): string {
  const value = find(cells, column);
  return (Array.isArray(value) ? value.join(';') : (value ?? '')).trim();
}

function officersOf(cells: Cells): string[] {
  const value = find(cells, 'officers') ?? '';
  const list = Array.isArray(value) ? value : value.split(/[;；,，、\s]+/);
  return [...new Set(list.map((one) => one.trim()).filter((one) => one !== ''))];
}

/** An instant with its zone, or a local date-time in the policy's zone; empty is null, anything else is wrong. */
function instant(text: string, zone: string): { at: string | null } | { wrong: Omit<Wrong, 'column'> } {
  if (text === '') return { at: null };
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? { wrong: { fault: 'no-such-time', value: text } } : { at: new Date(ms).toISOString() };
  }
  const local = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!local) return { wrong: { fault: 'no-time', value: text } };
  const [year, month, day, hour, minute, second] = local.slice(1).map((part) => (part ?? '00').padStart(2, '0'));
  const found = instantOfLocal(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
  if ('ms' in found) return { at: new Date(found.ms).toISOString() };
  const fault = ({ form: 'no-such-time', gap: 'skipped', twice: 'twice' } as const)[found.wrong];
  return { wrong: { fault, value: text } };
}
