import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { CaseRow } from '../../contract/web/cases.ts';
import { importCases } from '../../evidence/index.ts';

let lab: WebLab;
beforeAll(async () => {
  lab = await openWebLab();
  const { ledger, identity, clock } = lab.station;
  const importing = { ledger, agencyId: identity.agencyId, zone: 'Asia/Shanghai', now: clock.now, actor: { kind: 'system' as const, id: 'test' } };
  const list = [{ 案号: '郊市监罚〔2026〕12号', 案由: '无照经营检查', 执法行为: '现场检查' }];
  await importCases(importing, Buffer.from(JSON.stringify(list)), 'cases.json');
});
afterAll(async () => {
  await lab.close();
});

test('a case is put under a legal hold and released by who answers for evidence, with a reason that only its record holds', async () => {
  const [officer, supervisor] = [await lab.session('officer'), await lab.session('supervisor')];
  const listed = await lab.ask('/api/v1/cases/search', { session: officer, body: {} });
  const [row] = listed.json.rows as CaseRow[];
  if (!row) throw new Error('no case was imported');
  expect(row.hold).toBeNull();
  const act = (session: string, what: string, body: object = {}) => lab.ask(`/api/v1/cases/${row.case.id}/${what}`, { session, body });
  expect((await act(officer, 'hold', { reason: '行政复议期间' })).status).toBe(403);
  expect((await act(supervisor, 'hold', { reason: '' })).status).toBe(400);
  expect((await act(supervisor, 'hold', { reason: '行政复议期间' })).json).toEqual({ ok: true, value: { changed: true } });
  const shown = async () => ((await lab.ask(`/api/v1/cases/${row.case.id}`, { session: officer })).json.value.row as CaseRow).hold;
  expect(await shown()).toMatchObject({ reason: '行政复议期间', by: expect.stringContaining('张') });
  const entries = lab.station.ledger.reader.prepare("SELECT canonical FROM entries WHERE type LIKE 'case.%'").all() as { canonical: string }[];
  expect(entries.some(({ canonical }) => canonical.includes('复议'))).toBe(false);
  expect((await act(officer, 'release')).status).toBe(403);
  expect((await act(supervisor, 'release')).json).toEqual({ ok: true, value: { changed: true } });
  expect((await act(supervisor, 'release')).json).toEqual({ ok: true, value: { changed: false } });
  expect(await shown()).toBeNull();
});
