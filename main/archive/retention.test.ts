import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, AT, openArchiveLab } from '../../fixtures/archive-lab.ts';
import { holdCase, releaseCase } from '../evidence/index.ts';
import { entriesOfType, type RunningConsumer, runConsumer } from '../ledger/index.ts';
import { forwardAll } from './index.ts';
import { retentionStage } from './retention.ts';

const actor = { kind: 'person' as const, id: randomUUID() };
const CASE = randomUUID();
/** 183 days, and five years, from the day everything happens. */
const HALF_A_YEAR = '2026-09-01T06:03:12.000Z';
const FIVE_YEARS = '2031-03-01T06:03:12.000Z';

let lab: ArchiveLab;
let stage: RunningConsumer;
const bugs: unknown[] = [];
beforeEach(async () => {
  lab = await openArchiveLab();
  await lab.add('central', lab.far);
  stage = runConsumer(lab.ledger, lab.work, retentionStage(lab.context), (error) => bugs.push(error));
  await lab.ledger.append([
    {
      type: 'case.imported',
      subject: { kind: 'case', id: CASE },
      actor,
      at: AT,
      body: { actionKind: 'seizure', startedAt: null, endedAt: null },
    },
  ]);
});
afterEach(async () => {
  await stage.stop();
  await lab.close();
  expect(bugs).toEqual([]);
});

const about = (unitId: string) => ({ subject: { kind: 'unit' as const, id: unitId }, refs: [], actor, at: AT });
const link = (unitId: string) => lab.ledger.append([{ type: 'unit.linked', ...about(unitId), body: { caseId: CASE, stage: null } }]);
const unlink = (unitId: string) => lab.ledger.append([{ type: 'unit.unlinked', ...about(unitId), body: {} }]);
const holding = () => ({ ledger: lab.ledger, now: () => AT, actor });
/** What archives were told after they had the unit. */
async function told(unitId: string) {
  await stage.idle();
  return entriesOfType(lab.ledger.reader, 'retention.extended')
    .filter((entry) => entry.subject.id === unitId)
    .map(({ body: { until, legalHold, enforcedUntil } }) => ({ until, legalHold, enforcedUntil }));
}
async function archived(): Promise<string> {
  const { unitId } = await lab.unit([100]);
  await forwardAll(lab.context, 'central');
  return unitId;
}

describe('how long an archive has to keep a recording', () => {
  test('is in its receipt: six months, or as long as its case wants when it is linked before it goes', async () => {
    const first = await archived();
    const { unitId } = await lab.unit([100]);
    await link(unitId);
    await forwardAll(lab.context, 'central');
    const receipts = entriesOfType(lab.ledger.reader, 'forward.done').map((entry) => [entry.subject.id, entry.body.retention]);
    expect(receipts).toEqual([
      [first, { until: HALF_A_YEAR, legalHold: false }],
      [unitId, { until: FIVE_YEARS, legalHold: false }],
    ]);
    expect([await told(first), await told(unitId)]).toEqual([[], []]);
  });

  test('grows when it is linked later, is said once, and is never shortened when the link is taken back', async () => {
    const unitId = await archived();
    await link(unitId);
    const extended = [{ until: FIVE_YEARS, legalHold: false, enforcedUntil: null }];
    expect(await told(unitId)).toEqual(extended);
    await unlink(unitId);
    await link(unitId);
    expect(await told(unitId)).toEqual(extended);
  });

  test('has no end while its case is under a legal hold, for what is linked during it too; and has one again after it', async () => {
    const [before, during] = [await archived(), await archived()];
    await link(before);
    expect(await holdCase(holding(), CASE, '复议期间')).toEqual({ ok: true, value: { changed: true } });
    expect(await holdCase(holding(), CASE, '再次')).toEqual({ ok: true, value: { changed: false } });
    expect((await told(before)).at(-1)).toEqual({ until: FIVE_YEARS, legalHold: true, enforcedUntil: null });
    await link(during);
    expect(await told(during)).toEqual([{ until: FIVE_YEARS, legalHold: true, enforcedUntil: null }]);
    await unlink(during);
    expect((await told(during)).at(-1)).toEqual({ until: FIVE_YEARS, legalHold: false, enforcedUntil: null });
    await releaseCase(holding(), CASE);
    expect((await told(before)).at(-1)).toEqual({ until: FIVE_YEARS, legalHold: false, enforcedUntil: null });
    expect(await holdCase(holding(), randomUUID(), 'x')).toMatchObject({ ok: false, failure: { code: 'case.unknown' } });
  });

  test('is told to an archive that can refuse to delete, and told again until it was understood', async () => {
    const asked: unknown[] = [];
    let isAway = true;
    const { connections } = lab.context;
    await stage.stop();
    stage = runConsumer(
      lab.ledger,
      lab.work,
      retentionStage({
        ...lab.context,
        connections: {
          ...connections,
          async open(...where) {
            const opened = await connections.open(...where);
            if (!opened.ok) return opened;
            const extend = async (_bag: string, _objects: unknown, due: { until: string }) => {
              asked.push(due);
              if (isAway) throw Object.assign(new Error('gone'), { code: 'EIO' });
              return { ok: true as const, value: due.until };
            };
            return { ok: true, value: { ...opened.value, extend } };
          },
        },
      }),
      (error) => bugs.push(error),
    );
    const unitId = await archived();
    await link(unitId);
    expect(await told(unitId)).toEqual([]);
    isAway = false;
    stage.retry();
    expect(await told(unitId)).toEqual([{ until: FIVE_YEARS, legalHold: false, enforcedUntil: FIVE_YEARS }]);
    expect(asked).toEqual([
      { until: FIVE_YEARS, legalHold: false },
      { until: FIVE_YEARS, legalHold: false },
    ]);
  });
});
