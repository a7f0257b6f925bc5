import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';

let lab: WebLab;
let session: string;
let id: string;
let items: { id: string; durationMs: number | null }[];
beforeAll(async () => {
  lab = await openWebLab({ docked: true });
  await lab.dockCamera({ clips: 2, photos: 1, seconds: 2 });
  session = await lab.session('officer');
  const rows = (await lab.ask('/api/v1/recordings/search', { session, body: {} })).json.rows as { id: string; kind: string }[];
  id = rows.find((row) => row.kind === 'recording')?.id ?? '';
  items = (await detail()).items.filter((item: { role: string }) => item.role === 'clip');
}, 180_000);
afterAll(() => lab.close());

const detail = async () => (await lab.ask(`/api/v1/recordings/${id}`, { session })).json.value;
const mark = (body: object) => lab.ask(`/api/v1/recordings/${id}/marks`, { session, body });
const unmark = (markId: string) => lab.ask(`/api/v1/recordings/${id}/marks/${markId}`, { session, method: 'DELETE' });

test('marks stand in the order of clips and places, with who made them; one is taken back by a further entry', async () => {
  const [first, second] = items;
  const late = await mark({ itemId: second?.id, offsetMs: 100, kind: 'other', words: '  当事人李四拒签  ' });
  await mark({ itemId: first?.id, offsetMs: 1500, kind: 'rights-told' });
  await mark({ itemId: first?.id, offsetMs: 0, kind: 'credential-shown', words: '一号' });
  const { marks } = await detail();
  expect(marks.map((one: { kind: string; offsetMs: number; words: string | null }) => [one.kind, one.offsetMs, one.words])).toEqual([
    ['credential-shown', 0, '一号'],
    ['rights-told', 1500, null],
    ['other', 100, '当事人李四拒签'],
  ]);
  expect(marks[0].by.name).toBe('张1');
  const { markId } = late.json.value;
  expect((await unmark(markId)).json).toEqual({ ok: true, value: { markId } });
  expect((await detail()).marks).toHaveLength(2);
  expect((await unmark(markId)).json.failure.code).toBe('mark.unknown');
  const custody = (await lab.ask(`/api/v1/recordings/${id}/custody`, { session })).json.value as { type: string; facts: object; canonical: string }[];
  expect(custody.slice(-4).map((entry) => entry.type)).toEqual(['unit.marked', 'unit.marked', 'unit.marked', 'unit.unmarked']);
  expect(custody.at(-1)?.facts).toMatchObject({ kind: 'other', words: '当事人李四拒签', offsetMs: 100, path: expect.stringContaining('MP4') });
  // Words may name somebody, so the ledger itself does not hold them.
  expect(custody.map((entry) => entry.canonical).join()).not.toContain('李四');
});

test('a place that is not in the recording is not marked', async () => {
  const [first] = items;
  expect((await mark({ itemId: randomUUID(), offsetMs: 0, kind: 'rights-told' })).json.failure.code).toBe('mark.outside');
  expect((await mark({ itemId: first?.id, offsetMs: (first?.durationMs ?? 0) + 1, kind: 'rights-told' })).json.failure.code).toBe('mark.outside');
  const elsewhere = `/api/v1/recordings/${randomUUID()}/marks`;
  expect((await lab.ask(elsewhere, { session, body: { itemId: first?.id, offsetMs: 0, kind: 'rights-told' } })).json.failure.code).toBe(
    'unit.unknown',
  );
});

test('a mark that says nothing, or too much, is refused', async () => {
  const at = { itemId: items[0]?.id, offsetMs: 0 };
  for (const body of [
    { kind: 'other', words: ' ' },
    { kind: 'other', words: '长'.repeat(41) },
    { kind: 'rights-told', offsetMs: -1 },
    { kind: 'x' },
  ]) {
    expect((await mark({ ...at, ...body })).status, JSON.stringify(body)).toBe(400);
  }
});

test('a mark of one recording is not taken back by way of another', async () => {
  const made = await mark({ itemId: items[0]?.id, offsetMs: 10, kind: 'rights-told' });
  const { markId } = made.json.value;
  const other = await lab.ask(`/api/v1/recordings/${randomUUID()}/marks/${markId}`, { session, method: 'DELETE' });
  expect(other.json.failure.code).toBe('mark.unknown');
  expect((await unmark(markId)).json.ok).toBe(true);
});
