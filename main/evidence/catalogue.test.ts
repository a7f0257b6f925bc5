import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import type { Draft } from '../contract/entries/index.ts';
import { ACTION_KINDS, ActionKind, Stage } from '../contract/notice.ts';
import { CaseSort } from '../contract/web/cases.ts';
import { rebuildInto } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import {
  CATALOGUE_PROJECTION,
  type CatalogueFilter,
  type CatalogueRow,
  EVIDENCE_PROJECTION,
  listCases,
  listCatalogue,
  type SearchIds,
  setLinks,
} from './index.ts';

const AT = '2026-03-02T06:03:12.000Z';
const actor = { kind: 'system' as const, id: 'test' };
const ids = (count: number) => Array.from({ length: count }, () => randomUUID() as string);
const [officers, cameras, cases, dockings] = [ids(3), ids(2), ids(6), ids(3)];
const one = <T>(list: readonly T[]) => fc.constantFrom(...list);

let lab: Lab;
let units: string[];
beforeAll(async () => {
  lab = await openLab();
  units = await fill();
}, 180_000);
afterAll(() => lab.close());

/** Units with few different values, so that many are equal in what a list sorts by. */
async function fill(): Promise<string[]> {
  const made = fc.sample(
    fc.record({
      kind: one(['recording', 'recording', 'loose', 'docking'] as const),
      officer: fc.option(one(officers)),
      camera: one(cameras),
      docking: one(dockings),
      day: fc.option(fc.integer({ min: 1, max: 3 })),
      durationMs: fc.option(one([0, 1000, 2000])),
      damaged: fc.boolean(),
      link: fc.option(fc.record({ caseId: one(cases), stage: fc.option(one(Stage.options)) })),
      outcome: fc.option(one(['on-time', 'late', 'undetermined'] as const)),
    }),
    { numRuns: 150, seed: 7 },
  );
  const about = { actor, at: AT };
  const imported = cases.map(
    (id, n): Draft => ({
      type: 'case.imported',
      subject: { kind: 'case', id },
      refs: officers.slice(0, n % 3).map((person) => ({ kind: 'person', id: person, role: 'officer' })),
      ...about,
      body: {
        actionKind: ActionKind.options[n % 2 === 0 ? 0 : n % ActionKind.options.length] as ActionKind,
        startedAt: n < 3 ? null : AT,
        endedAt: null,
      },
    }),
  );
  await lab.ledger.append(imported);
  const drafts = made.map((unit): Draft[] => {
    const subject = { kind: 'unit' as const, id: uuidv7() };
    const refs = [
      { kind: 'camera' as const, id: unit.camera, role: 'camera' },
      { kind: 'docking' as const, id: unit.docking, role: 'docking' },
      ...(unit.officer === null ? [] : [{ kind: 'person' as const, id: unit.officer, role: 'officer' }]),
    ];
    const start = unit.day === null ? null : { local: `2026-03-0${unit.day}T10:00:00.000`, zone: 'Asia/Shanghai', source: 'name' as const };
    const item = { itemId: uuidv7(), role: 'clip' as const, damaged: unit.damaged, durationMs: unit.durationMs };
    return [
      { type: 'unit.closed', subject, refs, ...about, body: { kind: unit.kind, items: [item], start, durationMs: unit.durationMs, continues: null } },
      ...(unit.link ? [{ type: 'unit.linked' as const, subject, ...about, body: unit.link }] : []),
      ...(unit.outcome === null
        ? []
        : [
            {
              type: 'deadline.settled' as const,
              subject,
              ...about,
              body: {
                rule: 'store-within' as const,
                hours: 24,
                outcome: unit.outcome,
                basis: 'first-docking' as const,
                earliest: null,
                latest: AT,
                storedAt: AT,
                clock: 'station-checked' as const,
              },
            },
          ]),
    ];
  });
  await lab.ledger.append(drafts.flat());
  return drafts.map((list) => list[0]?.subject.id as string);
}

const everyFilter = fc.record({
  kind: one(['recording', 'loose', 'docking'] as const),
  officerId: one([...officers, randomUUID()]),
  cameraIds: fc.subarray(cameras),
  officerIds: fc.subarray(officers),
  caseId: one(cases),
  dockingId: one(dockings),
  stage: one(Stage.options),
  deadline: one(['on-time', 'late', 'undetermined'] as const),
  damaged: fc.boolean(),
  linked: fc.boolean(),
  archived: fc.boolean(),
  from: one(['2026-03-01', '2026-03-02T10:00:00.000']),
  to: one(['2026-03-02', '2026-03-03T10:00:00.000']),
});
/** At most two of them at once, or hardly a row would be left to sort. */
const filters: fc.Arbitrary<CatalogueFilter> = fc
  .tuple(
    everyFilter,
    fc.subarray(
      ['kind', 'officerId', 'officerIds', 'cameraIds', 'caseId', 'dockingId', 'stage', 'deadline', 'damaged', 'linked', 'archived', 'from', 'to'],
      { maxLength: 2 },
    ),
  )
  .map(([all, keys]) => Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key))));

const searches: fc.Arbitrary<SearchIds> = fc.oneof(
  fc.constant<SearchIds>([]),
  fc.array(
    fc.record({
      officers: fc.subarray(officers),
      cases: fc.subarray(cases),
      cameras: fc.subarray(cameras, { maxLength: 1 }),
      idPrefix: fc.constant(null),
    }),
    { maxLength: 2 },
  ),
);

type Sort = keyof typeof SORT_KEYS;
const SORT_KEYS = {
  newest: 'sort_at',
  oldest: 'sort_at',
  longest: 'duration_ms',
  shortest: 'duration_ms',
  largest: 'size_bytes',
  smallest: 'size_bytes',
} as const;
const SORTS = Object.keys(SORT_KEYS) as Sort[];

/** The same list, made the plain way. */
function naive(filter: CatalogueFilter, search: SearchIds, sort: Sort): string[] {
  const is = (want: string | undefined, value: string | null) => want === undefined || want === value;
  const either = (want: boolean | undefined, value: boolean) => want === undefined || want === value;
  const rows = sql<CatalogueRow>(lab.ledger.reader, 'SELECT * FROM catalogue').all();
  const kept = rows.filter(
    (row) =>
      is(filter.kind, row.kind) &&
      is(filter.officerId, row.officer_id) &&
      (filter.cameraIds?.includes(row.camera_id) ?? true) &&
      (filter.officerIds?.includes(row.officer_id ?? '') ?? true) &&
      is(filter.caseId, row.case_id) &&
      is(filter.dockingId, row.docking_id) &&
      is(filter.stage, row.stage) &&
      is(filter.deadline, row.deadline) &&
      either(filter.damaged, row.damaged > 0) &&
      either(filter.linked, row.case_id !== null) &&
      either(filter.archived, row.receipts > 0) &&
      (filter.from === undefined || row.sort_at >= filter.from) &&
      (filter.to === undefined || row.sort_at < filter.to) &&
      search.every(
        (word) => word.officers.includes(row.officer_id ?? '') || word.cases.includes(row.case_id ?? '') || word.cameras.includes(row.camera_id),
      ),
  );
  const key = SORT_KEYS[sort];
  const sign = ['oldest', 'shortest', 'smallest'].includes(sort) ? 1 : -1;
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  // What is not known comes last either way.
  const isUnknown = (row: CatalogueRow) => (row[key] === null ? 1 : 0);
  kept.sort((a, b) => compare(isUnknown(a), isUnknown(b)) || sign * (compare(a[key] ?? 0, b[key] ?? 0) || compare(a.unit_id, b.unit_id)));
  return kept.map((row) => row.unit_id);
}

describe('a list of recordings', () => {
  test('read page by page is the whole list, filtered and sorted the plain way', () => {
    fc.assert(
      fc.property(filters, searches, one(SORTS), fc.integer({ min: 1, max: 60 }), (filter, search, sort, limit) => {
        const expected = naive(filter, search, sort);
        const read: string[] = [];
        let cursor: string | null = null;
        do {
          const page: ReturnType<typeof listCatalogue> = listCatalogue(lab.ledger.reader, { filter, search, sort, cursor, limit });
          expect(page.total).toBe(cursor === null ? expected.length : null);
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          read.push(...page.rows.map((row) => row.unit_id));
          cursor = page.next;
        } while (cursor !== null && read.length < 1000);
        expect(read).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  test('made again from the ledger is the same', () => {
    const again = rebuildInto(lab.ledger.reader, [CATALOGUE_PROJECTION, EVIDENCE_PROJECTION]);
    for (const table of [...CATALOGUE_PROJECTION.tables, ...EVIDENCE_PROJECTION.tables]) {
      const text = `SELECT * FROM ${table.name} ORDER BY ${table.orderBy}`;
      expect(again.prepare(text).all(), table.name).toEqual(lab.ledger.reader.prepare(text).all());
    }
    again.close();
  });

  test('the sums of each camera are those of its recordings', () => {
    const text =
      'SELECT camera_id, sum(items) AS items, sum(size_bytes) AS bytes, sum(damaged) AS damaged FROM catalogue GROUP BY camera_id ORDER BY 1';
    expect(lab.ledger.reader.prepare('SELECT * FROM catalogue_cameras ORDER BY camera_id').all()).toEqual(lab.ledger.reader.prepare(text).all());
  });
});

describe('a list of cases', () => {
  test('read page by page is the whole list, filtered and sorted the plain way', () => {
    const rows = sql<{ case_id: string; action_kind: ActionKind; started_at: string | null }>(lab.ledger.reader, 'SELECT * FROM cases').all();
    const stagesOf = (id: string) =>
      sql<{ n: number }>(lab.ledger.reader, 'SELECT count(DISTINCT stage) AS n FROM unit_links WHERE case_id = ?').get(id)?.n as number;
    const isIncomplete = (row: (typeof rows)[number]) =>
      ACTION_KINDS[row.action_kind].recording === 'full' && stagesOf(row.case_id) < Stage.options.length;
    const queries = fc.record({
      only: fc.option(fc.subarray(cases)),
      actionKind: fc.option(one(ActionKind.options), { nil: undefined }),
      incomplete: fc.option(fc.boolean(), { nil: undefined }),
      sort: one(CaseSort.options),
      descending: fc.boolean(),
    });
    const countOf = (id: string) =>
      sql<{ n: number }>(lab.ledger.reader, 'SELECT count(*) AS n FROM unit_links WHERE case_id = ?').get(id)?.n as number;
    fc.assert(
      fc.property(queries, fc.integer({ min: 1, max: 4 }), (query, limit) => {
        // As text of one width, numbers and times are put in order alike.
        const keyOf = (row: (typeof rows)[number]) =>
          query.sort === 'start' ? (row.started_at ?? '') : String(countOf(row.case_id)).padStart(6, '0');
        const expected = rows
          .filter((row) => query.only === null || query.only.includes(row.case_id))
          .filter((row) => query.actionKind === undefined || query.actionKind === row.action_kind)
          .filter((row) => query.incomplete === undefined || query.incomplete === isIncomplete(row))
          .map((row) => [keyOf(row), row.case_id] as const)
          .sort((a, b) => (a.join() < b.join() === query.descending ? 1 : -1));
        const read: string[] = [];
        let after: [string | number, string] | null = null;
        do {
          const page: ReturnType<typeof listCases> = listCases(lab.ledger.reader, { ...query, after, limit });
          expect(page.total).toBe(expected.length);
          read.push(...page.rows.map((row) => row.caseId));
          after = page.next;
        } while (after !== null && read.length < 100);
        expect(read).toEqual(expected.map(([, id]) => id));
      }),
    );
  });
});

describe('links', () => {
  const set = (changes: Parameters<typeof setLinks>[1]) => setLinks({ ledger: lab.ledger, now: () => AT, actor }, changes);
  const stateOf = (unitId: string) => lab.ledger.reader.prepare('SELECT case_id, stage FROM catalogue WHERE unit_id = ?').get(unitId);
  const head = () => (lab.ledger.reader.prepare('SELECT max(seq) AS seq FROM entries').get() as { seq: number }).seq;
  const [first, second] = cases as [string, string];

  test('made, changed and taken back, each by one entry, and made again the same by none', async () => {
    const unitId = units[0] as string;
    await set([{ unitId, link: null }]);
    const before = head();
    const stage = Stage.options[0] as Stage;
    expect(await set([{ unitId, link: { caseId: first, stage } }])).toEqual([{ unitId, changed: true, former: null }]);
    expect(stateOf(unitId)).toEqual({ case_id: first, stage });
    const [changed] = await set([{ unitId, link: { caseId: second, stage: null } }]);
    expect(changed).toEqual({ unitId, changed: true, former: { caseId: first, stage } });
    expect(await set([{ unitId, link: { caseId: second, stage: null } }])).toEqual([
      { unitId, changed: false, former: { caseId: second, stage: null } },
    ]);
    expect(head()).toBe(before + 2);
    await set([{ unitId, link: changed?.former ?? null }]);
    expect(stateOf(unitId)).toEqual({ case_id: first, stage });
    await set([{ unitId, link: null }]);
    expect(stateOf(unitId)).toEqual({ case_id: null, stage: null });
    expect(lab.ledger.reader.prepare('SELECT 1 FROM unit_links WHERE unit_id = ?').get(unitId)).toBeUndefined();
    expect(head()).toBe(before + 4);
  });

  test('the same recording twice in one go is linked by one entry', async () => {
    const unitId = units[1] as string;
    await set([{ unitId, link: null }]);
    const before = head();
    const link = { caseId: first, stage: null };
    const both = await set([
      { unitId, link },
      { unitId, link },
    ]);
    expect(both.map((one) => one.changed)).toEqual([true, false]);
    expect(head()).toBe(before + 1);
  });
});
