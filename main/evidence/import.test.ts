import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { entriesOfType, latestEntry } from '../ledger/index.ts';
import { agencyUuid } from '../store/index.ts';
import { type ImportContext, importCases, importPeople, linkUnit } from './index.ts';

let lab: Lab;
let context: ImportContext;
beforeAll(async () => {
  lab = await openLab();
  context = {
    ledger: lab.ledger,
    agencyId: lab.identity.agencyId,
    zone: 'Asia/Shanghai',
    now: () => '2026-03-02T06:03:12.000Z',
    actor: { kind: 'cli', id: 'test' },
  };
});
afterAll(async () => {
  await lab.close();
});

const HEADING = '案号,案由,执法行为,执法人员,开始时间,结束时间,地点';
const caseId = (number: string) => agencyUuid(lab.identity.agencyId, 'case', number);
const record = (number: string) => lab.ledger.records.get('case', caseId(number));
const importCsv = (text: string | Buffer, name = 'cases.csv') => importCases(context, Buffer.from(text as string), name);

test('bad rows of a list are said with their line and reason, and every good row is kept', async () => {
  const rows = [
    HEADING,
    '甲1号,检查,现场检查,012345,2026-03-02 14:00,2026-03-02 15:00,桥南',
    ',没有案号,现场检查,012345,,,',
    '甲2号,没有这种行为,散步,012345,,,',
    '',
    '甲3号,没有这一天,现场检查,012345,2026-02-30 14:00,,',
    '甲4号,结束在前,现场检查,012345,2026-03-02 14:00,2026-03-02 13:00,',
    '甲1号,同号不同事,强制拆除,012399,,,',
    '甲5号,"引号, 逗号",强制拆除,012345;012346,2026/3/2 9:05,,',
    '甲6号,说"不"的案子,强制拆除,,,,',
  ];
  // What a spreadsheet writes: a byte order mark, and lines that end in CR LF.
  const report = await importCsv(`\uFEFF${rows.join('\r\n')}\r\n`);
  expect(report).toMatchObject({ imported: 3, unchanged: 0 });
  expect(
    report.failures.map(({ code, what }) => [
      code,
      what
        .split(/[:：] /)
        .slice(0, 2)
        .join(' '),
    ]),
  ).toEqual([
    ['case.row-invalid', 'cases.csv 3 案号/number'],
    ['case.row-invalid', 'cases.csv 4 执法行为/kind'],
    ['case.row-invalid', 'cases.csv 6 开始时间/start'],
    ['case.row-invalid', 'cases.csv 7 结束时间/end'],
    ['case.row-invalid', 'cases.csv 8 案号/number'],
  ]);
  expect(report.faults.map(({ row, column, fault, value, other }) => [row, column, fault, value, other])).toEqual([
    [3, 'number', 'missing', '', null],
    [4, 'kind', 'not-in-list', '散步', null],
    [6, 'start', 'no-such-time', '2026-02-30 14:00', null],
    [7, 'end', 'before-start', '2026-03-02 13:00', null],
    [8, 'number', 'other-content', '甲1号', 2],
  ]);
  expect(report.failures[4]?.what).toBe('cases.csv 8: 案号/number: “甲1号”与第 2 行同号，内容不同 "甲1号" stands in row 2 with other content');
  expect(record('甲1号')).toEqual({ number: '甲1号', title: '检查', place: '桥南' });
  expect(record('甲5号')).toMatchObject({ title: '引号, 逗号' });
  expect(record('甲6号')).toMatchObject({ title: '说"不"的案子' });
  expect(latestEntry(lab.ledger.reader, 'case.imported', caseId('甲5号'))).toMatchObject({
    body: { actionKind: 'forced-demolition', startedAt: '2026-03-02T01:05:00.000Z', endedAt: null },
    refs: [{ kind: 'person' }, { kind: 'person' }],
  });
  expect(record('甲3号')).toBeNull();
});

test('a list imported twice changes nothing, one with a corrected row only that row', async () => {
  const list = (title: string) => `${HEADING}\n乙1号,一,现场检查,012345,,,\n乙2号,${title},现场检查,012345,,,\n`;
  expect(await importCsv(list('二'))).toEqual({ imported: 2, unchanged: 0, failures: [], faults: [] });
  const before = entriesOfType(lab.ledger.reader, 'case.imported').length;
  expect(await importCsv(list('二'))).toEqual({ imported: 0, unchanged: 2, failures: [], faults: [] });
  expect(await importCsv(list('贰'))).toEqual({ imported: 1, unchanged: 1, failures: [], faults: [] });
  expect(entriesOfType(lab.ledger.reader, 'case.imported')).toHaveLength(before + 1);
});

test('a list in GB 18030, as Chinese systems export it, is read', async () => {
  const text = `${HEADING}\n丙1号,龘䶮,现场检查,012345,2026-03-02 14:00,,鄂东\n`;
  const bytes = execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text });
  expect(bytes.equals(Buffer.from(text))).toBe(false);
  expect(await importCsv(bytes)).toEqual({ imported: 1, unchanged: 0, failures: [], faults: [] });
  expect(record('丙1号')).toEqual({ number: '丙1号', title: '龘䶮', place: '鄂东' });
});

test('a list in JSON is read, as a list or inside an object, and its bad rows are numbered', async () => {
  const rows = [{ number: '丁1号', kind: 'hearing', officers: ['012345', '012346'], start: '2026-03-02T14:00:00+08:00' }, { number: '丁2号' }, 'x'];
  for (const content of [rows, { total: 3, cases: rows }]) {
    const report = await importCsv(JSON.stringify(content), 'cases.json');
    expect(report.imported + report.unchanged).toBe(1);
    expect(report.failures.map((one) => one.what.split(': ')[0])).toEqual(['cases.json 2', 'cases.json 3']);
  }
  expect(latestEntry(lab.ledger.reader, 'case.imported', caseId('丁1号'))?.body.startedAt).toBe('2026-03-02T06:00:00.000Z');
});

test.each([
  ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10])],
  ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HEADING, 'utf16le')])],
  ['marked as UTF-8, written in GB 18030', Buffer.from('\xef\xbb\xbfnumber,title,kind\n1,\xc4\xe3,hearing\n', 'latin1')],
  ['JSON without a list', Buffer.from('{"cases":1}')],
  ['JSON cut off', Buffer.from('[{"number":"1"')],
  ['CSV with a quote nobody closed', Buffer.from(`${HEADING}\n"1,a,b\n2,c,d\n`)],
])('a file that is no list (%s) is said to be unreadable, and nothing is imported', async (_, bytes) => {
  const before = entriesOfType(lab.ledger.reader, 'case.imported').length;
  expect(await importCsv(bytes, 'cases')).toMatchObject({ imported: 0, failures: [{ code: 'case.file-unreadable', what: 'cases' }] });
  expect(entriesOfType(lab.ledger.reader, 'case.imported')).toHaveLength(before);
});

test('a person without a number is said with the line, and the others are kept', async () => {
  const report = await importPeople(context, Buffer.from('执法证号,姓名,单位\n020001,张三,一队\n,李四,一队\n020003,王五,二队\n'), 'people.csv');
  expect(report).toMatchObject({ imported: 2, failures: [{ code: 'person.row-invalid', what: expect.stringContaining('people.csv 3') }] });
  expect(lab.ledger.records.get('person', agencyUuid(lab.identity.agencyId, 'person', '020003'))).toMatchObject({ name: '王五' });
});

test('linking names what it does not know: a recording, a case, or a beginning that two recordings share', async () => {
  await importCsv(`${HEADING}\n戊1号,检查,现场检查,,,,\n`);
  const [one, two] = ['01a20c7f-f471-7727-97c3-f503c7c323ee', '01a20c7f-f471-7727-97c3-f503c7c323ef'] as const;
  const close = (id: string) => ({
    type: 'unit.closed' as const,
    subject: { kind: 'unit' as const, id },
    refs: [
      { kind: 'camera' as const, id: 'c', role: 'camera' },
      { kind: 'docking' as const, id: 'd', role: 'docking' },
    ],
    actor: context.actor,
    at: context.now(),
    body: {
      kind: 'recording' as const,
      items: [{ itemId: randomUUID(), role: 'clip' as const, damaged: false, durationMs: null }],
      start: null,
      durationMs: null,
      continues: null,
    },
  });
  await lab.ledger.append([close(one), close(two)]);
  const link = (unit: string, caseNumber: string) => linkUnit(context, { unit, caseNumber, stage: null });
  expect(await link('ffffffff', '戊1号')).toMatchObject({ ok: false, failure: { code: 'unit.unknown', what: 'ffffffff' } });
  expect(await link('01a20c7f', '戊1号')).toMatchObject({
    ok: false,
    failure: { code: 'unit.unknown', detail: expect.stringContaining('more than one') },
  });
  expect(await link(one, '戊2号')).toMatchObject({ ok: false, failure: { code: 'case.unknown', what: '戊2号' } });
  expect(await link(one, '戊1号')).toMatchObject({ ok: true, value: { unitId: one, changed: true } });
  expect(await link(one, '戊1号')).toMatchObject({ ok: true, value: { changed: false } });
});
