import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import { entriesOfType } from '../../ledger/index.ts';

let lab: WebLab;
let session: string;
let caseId: string;
let recordings: string[];
beforeAll(async () => {
  lab = await openWebLab({ docked: true });
  await lab.dockCamera({ recordings: 2, clips: 1 });
  session = await lab.session('supervisor');
  const list = JSON.stringify([{ number: 'A-1', title: '船', kind: 'onsite-inspection' }]);
  await lab.ask('/api/v1/cases/import', { session, body: { name: 'a.json', contentBase64: Buffer.from(list).toString('base64') } });
  caseId = (lab.station.ledger.reader.prepare('SELECT case_id FROM cases').get() as { case_id: string } | undefined)?.case_id ?? '';
  const rows = (await lab.ask('/api/v1/recordings/search', { session, body: {} })).json.rows as { id: string }[];
  recordings = rows.map((row) => row.id);
}, 180_000);
afterAll(() => lab.close());

const head = () => (lab.station.ledger.reader.prepare('SELECT max(seq) AS seq FROM entries').get() as { seq: number }).seq;
const link = (ids: string[], to: string) => lab.ask('/api/v1/links', { session, body: { recordings: ids, caseId: to, stage: null } });

test('a batch with one unknown recording, or for an unknown case, changes nothing', async () => {
  const before = head();
  expect((await link([...recordings, randomUUID()], caseId)).json.failure.code).toBe('unit.unknown');
  expect((await link(recordings, randomUUID())).json.failure.code).toBe('case.unknown');
  expect(head()).toBe(before);
});

test('a batch links all by one entry each, and its undo puts all of them back', async () => {
  const links = () => entriesOfType(lab.station.ledger.reader, 'unit.linked').length;
  const linked = await link(recordings, caseId);
  expect(linked.json.value).toMatchObject({ linked: recordings.length, unchanged: 0 });
  expect(links()).toBe(recordings.length);
  const undone = await lab.ask('/api/v1/links/undo', { session, body: { links: linked.json.value.undo } });
  expect(undone.json.value).toEqual({ changed: recordings.length });
  const listed = await lab.ask('/api/v1/recordings/search', { session, body: { filter: { linked: true } } });
  expect(listed.json.rows).toEqual([]);
  expect((await link(recordings, caseId)).json.value.linked).toBe(recordings.length);
});
