import { z } from 'zod';
import { Count } from './values.ts';

/** Columns of the lists that agencies hand over, as people call them. */
export const COLUMNS = {
  number: { zh: '案号', en: 'number' },
  kind: { zh: '执法行为', en: 'kind' },
  start: { zh: '开始时间', en: 'start' },
  end: { zh: '结束时间', en: 'end' },
  certificate: { zh: '执法证号', en: 'number' },
  serial: { zh: '编号', en: 'serial' },
  profile: { zh: '型号', en: 'profile' },
} as const;

/** What can be wrong with one cell of a list; `{value}` is what stands there, `{other}` another row of the list. */
export const ROW_FAULTS = {
  missing: { zh: '为空', en: 'empty' },
  'not-in-list': { zh: '“{value}”不是列表中的执法行为', en: '"{value}" is not one of the listed kinds' },
  'too-long': { zh: '过长', en: 'too long' },
  'no-such-profile': { zh: '本站没有型号“{value}”', en: 'this station knows no profile "{value}"' },
  'no-time': { zh: '“{value}”不是日期和时间', en: '"{value}" is not a date and time' },
  'no-such-time': { zh: '“{value}”不存在', en: '"{value}" does not exist' },
  skipped: { zh: '“{value}”被时钟调整跳过', en: '"{value}" is skipped by a change of clocks' },
  twice: { zh: '“{value}”因时钟调整出现两次，请注明时差', en: '"{value}" happens twice by a change of clocks; add its offset' },
  'before-start': { zh: '早于开始时间', en: 'before the start' },
  'other-content': { zh: '“{value}”与第 {other} 行同号，内容不同', en: '"{value}" stands in row {other} with other content' },
} as const;

export const RowFault = z.object({
  /** 1 is the first line of the file, or the first record of a JSON list. */
  row: Count,
  column: z.enum(Object.keys(COLUMNS) as [keyof typeof COLUMNS, ...(keyof typeof COLUMNS)[]]),
  fault: z.enum(Object.keys(ROW_FAULTS) as [keyof typeof ROW_FAULTS, ...(keyof typeof ROW_FAULTS)[]]),
  value: z.string(),
  other: Count.nullable(),
});
export type RowFault = z.infer<typeof RowFault>;

/** What is wrong, in one language, without row and column. */
export function rowFaultText({ fault, value, other }: RowFault, language: 'zh' | 'en'): string {
  return ROW_FAULTS[fault][language].replace('{value}', () => value).replace('{other}', String(other ?? ''));
}

/** A fault as the command line and its scripts have it: row, column and reason, in both languages. */
export function rowFaultLine(fault: RowFault): string {
  const { zh, en } = COLUMNS[fault.column];
  return `${fault.row}: ${zh}/${en}: ${rowFaultText(fault, 'zh')} ${rowFaultText(fault, 'en')}`;
}
