import type { Words } from './words.ts';

/** What the sheet about all stations of an archive says beside what every sheet says. */
export const ARCHIVE_WORDS = {
  title: { zh: '全站归档对账报告', en: 'Reconciliation of all stations of an archive' },
  open: { zh: '发现 {n} 项差异', en: 'Differences: {n}' },
  comparedAt: { zh: '对账所在采集站', en: 'Compared at station' },
  stations: { zh: '采集站', en: 'Stations' },
  originals: { zh: '原始文件', en: 'Originals' },
  read: { zh: '其中重新读取', en: 'Of these, read again' },
  unchanged: { zh: '未变而未查看', en: 'Unchanged, not looked at' },
  extent: { zh: '范围', en: 'Extent' },
  whole: { zh: '全部归档', en: 'All of the archive' },
  sinceClean: { zh: '自无差异的对账 {id} 以来有变动的月份', en: 'Months that changed since reconciliation {id}, which found nothing' },
  original: { zh: '原始文件或接入', en: 'Original or docking' },
  expected: { zh: '应为', en: 'Expected' },
  found: { zh: '实为', en: 'Found' },
  action: { zh: '处理', en: 'What to do' },
  since: { zh: '自何时', en: 'Since' },
} as const satisfies Record<string, Words>;
