import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

let lab: WebLab;
beforeAll(async () => {
  lab = await openWebLab();
});
afterAll(() => lab.close());

const VIEWS = '/api/v1/recording-views';
const keep = (session: string, name: string, filter: object = {}, sort = 'newest') => lab.ask(VIEWS, { session, body: { name, filter, sort } });
const list = async (session: string) => (await lab.ask(VIEWS, { session })).json;

test('a view is kept by its name for one person alone, replaced by the same name, and dropped', async () => {
  const session = await lab.session('officer');
  const other = await lab.session('officer');
  const late = { name: '李四的逾期', filter: { deadline: 'late', search: '李四' }, sort: 'oldest' };
  expect((await keep(session, ` ${late.name} `, late.filter, late.sort)).json).toEqual({ ok: true, value: [late] });
  await keep(session, '未关联', { linked: false });
  expect(await list(other)).toEqual([]);
  const better = { ...late, filter: { deadline: 'late' } };
  await keep(session, better.name, better.filter, better.sort);
  expect(await list(session)).toEqual([{ name: '未关联', filter: { linked: false }, sort: 'newest' }, better]);
  const dropped = await lab.ask(`${VIEWS}/${encodeURIComponent(better.name)}`, { session, method: 'DELETE' });
  expect(dropped.json.map((view: { name: string }) => view.name)).toEqual(['未关联']);
});

test('what somebody looks for is readable in no file of the data folder, and nothing about it is on the ledger', async () => {
  const { reader } = lab.station.ledger;
  const session = await lab.session('supervisor');
  const count = () => (reader.prepare('SELECT count(*) AS n FROM entries').get() as { n: number }).n;
  const before = count();
  await keep(session, '王二麻子专案', { search: '王二麻子' });
  expect(count()).toBe(before);
  const root = lab.station.paths.root;
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => fs.readFileSync(`${file.parentPath}/${file.name}`).includes('王二麻子')).map((file) => file.name)).toEqual([]);
});

test('more than twenty are refused by name, and one that is there can still be replaced', async () => {
  const session = await lab.session('officer');
  for (let n = 1; n <= 20; n += 1) expect((await keep(session, `第 ${n} 个`)).json.ok).toBe(true);
  expect((await keep(session, '多一个')).json.failure).toMatchObject({ code: 'view.too-many', what: '多一个' });
  expect((await keep(session, '第 3 个', { damaged: true })).json.ok).toBe(true);
  expect(await list(session)).toHaveLength(20);
});

test('a view without a name, or with a filter that is none, is refused', async () => {
  const session = await lab.session('officer');
  expect((await keep(session, ' ')).status).toBe(400);
  expect((await keep(session, 'x', { stage: 'lunch' })).status).toBe(400);
});
