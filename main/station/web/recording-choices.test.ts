import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { RecordingChoices } from '../../contract/web/recordings.ts';
import { mergeCameras, registerByHand } from '../../dock/index.ts';
import { importPeople } from '../../evidence/index.ts';
import { sql } from '../../store/index.ts';

/** One camera of one officer with two recordings, two thousand officers who have none, and more cases than are listed. */
let lab: WebLab;
let session: string;
const OFFICERS = 2000;
const CASES = 60;
beforeAll(async () => {
  lab = await openWebLab({ docked: true });
  await lab.dockCamera({ serial: 'C370042', officer: '012345', recordings: 2, clips: 1 });
  const { ledger, identity, clock } = lab.station;
  const rows = Array.from({ length: OFFICERS }, (_, n) => `${500_000 + n},王${n},${n % 2 ? '二队' : '一队'}`);
  const acting = { ledger, agencyId: identity.agencyId, zone: 'Asia/Shanghai', now: clock.now, actor: { kind: 'system' as const, id: 'test' } };
  await importPeople(acting, Buffer.from(['执法证号,姓名,单位', '012345,张执法,执法二队', ...rows].join('\n')), 'people.csv');
  session = await lab.session('supervisor');
  const cases = Array.from({ length: CASES }, (_, n) => ({ number: `A-${n}`, title: `船 ${n}`, kind: 'onsite-inspection' }));
  await lab.ask('/api/v1/cases/import', {
    session,
    body: { name: 'a.json', contentBase64: Buffer.from(JSON.stringify(cases)).toString('base64') },
  });
}, 180_000);
afterAll(() => lab.close());

async function choices(of: 'officers' | 'cameras' | 'cases', query: Record<string, string> = {}): Promise<RecordingChoices> {
  return (await lab.ask(`/api/v1/recording-${of}?${new URLSearchParams(query)}`, { session })).json;
}

test('before a word is typed those of the newest recordings are listed, each once', async () => {
  const officers = await choices('officers');
  expect(officers).toMatchObject({ rows: [{ name: '张执法', detail: '012345 · 执法二队' }], more: false, chosen: null });
  expect((await choices('cameras')).rows.map(({ name }) => name)).toEqual(['C370042']);
  expect((await choices('cases')).rows).toEqual([]);
});

test('a word finds officers who have no recording, by number, and says that there are more than it lists', async () => {
  const many = await choices('officers', { search: '王' });
  expect(many.rows).toHaveLength(50);
  expect(many.more).toBe(true);
  expect(many.rows[0]).toMatchObject({ name: '王0', detail: '500000 · 一队' });
  const one = await choices('officers', { search: '王 501999' });
  expect(one).toMatchObject({ rows: [{ name: '王1999' }], more: false });
  expect(await choices('officers', { search: '李' })).toMatchObject({ rows: [], more: false });
  const cases = await choices('cases', { search: '船' });
  expect([cases.rows.length, cases.more]).toEqual([50, true]);
  expect((await choices('cases', { search: 'a-59' })).rows).toMatchObject([{ name: 'A-59', detail: '船 59' }]);
});

test('one that was chosen is named, whether it is listed or not', async () => {
  const [chosen] = (await choices('officers', { search: '501234' })).rows;
  expect((await choices('officers', { chosen: chosen?.id ?? '' })).chosen).toEqual(chosen);
  expect((await choices('officers', { chosen: '01a20c7f-f471-7727-97c3-f503c7c323ef' })).chosen).toMatchObject({ name: null, detail: null });
});

test('a camera that was merged is found by either serial, as the one that it is', async () => {
  const { ledger, clock, profiles } = lab.station;
  const acting = { ledger, now: clock.now, actor: { kind: 'system' as const, id: 'test' } };
  await registerByHand({ ...acting, profiles }, { serial: 'NEW-1', profile: 'generic-dcim' });
  const idOf = (serial: string) =>
    sql<{ camera_id: string }>(ledger.reader, 'SELECT camera_id FROM cameras WHERE serial = ?').get(serial)?.camera_id ?? '';
  await mergeCameras(acting, { camera: idOf('C370042'), into: idOf('NEW-1'), because: 'typed-wrong' });
  for (const search of ['37004', 'new']) expect((await choices('cameras', { search })).rows).toMatchObject([{ id: idOf('NEW-1'), name: 'NEW-1' }]);
  expect((await choices('cameras')).rows).toMatchObject([{ id: idOf('NEW-1') }]);
});

test('how many officers there are changes nothing of how many records are opened', async () => {
  const { records } = lab.station.ledger;
  const { get } = records;
  const opened = new Set<string>();
  records.get = (kind, id) => {
    opened.add(id);
    return get(kind, id);
  };
  await choices('officers', { search: '王' });
  records.get = get;
  expect(opened.size).toBeLessThanOrEqual(52);
});
