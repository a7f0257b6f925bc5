import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, flip, openArchiveLab } from '../../fixtures/archive-lab.ts';
import type { Difference, ReconcileReport } from '../contract/api/archive.ts';
import type { Result } from '../contract/errors.ts';
import { entriesAbout, entriesOfType } from '../ledger/index.ts';
import { openPrivateRecords } from '../store/index.ts';
import { bagPath } from './forward.ts';
import {
  explainDifference,
  findDestination,
  forwardAll,
  listReconciliations,
  readResult,
  reconcile,
  reopenDifference,
  reportOf,
  type SourceFile,
} from './index.ts';
import { type KeptDifference, list } from './results.ts';

let lab: ArchiveLab;
let bag: string;
let item: string;
let unitId: string;
beforeEach(async () => {
  lab = await openArchiveLab();
  await lab.add('central', lab.far);
  const unit = await lab.unit([1000]);
  unitId = unit.unitId;
  item = unit.items[0] as string;
  await forwardAll(lab.context, null);
  bag = path.join(lab.far, bagPath(lab.context.stationId, unitId));
});
afterEach(async () => {
  await lab.close();
});

const person = { kind: 'person' as const, id: randomUUID() };
const payload = () => path.join(bag, 'data', `0001-${item}.mp4`);

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

async function compare(source: SourceFile[] | null = null): Promise<ReconcileReport> {
  const destination = value(findDestination(lab.ledger, 'central'));
  const listed =
    source &&
    (async function* () {
      yield* source;
    })();
  return value(await reconcile(lab.context, { source: listed, sourceName: null, destination, actor: person }));
}

const context = () => ({ ledger: lab.ledger, now: lab.context.now, actor: person });
const explain = (one: Difference | undefined, reason = '误放的文件，已核对') =>
  explainDifference(context(), { reconciliation: null, difference: one?.id ?? '', reason });

describe('a difference that was explained', () => {
  test('is on the ledger with who and which bytes, and its reason is in no entry', async () => {
    fs.rmSync(payload());
    const report = await compare();
    expect(report).toMatchObject({ missing: 1, open: 1, explained: 0 });
    value(await explain(report.differences[0], '张三确认磁盘更换时遗失'));
    const [entry] = entriesOfType(lab.ledger.reader, 'difference.explained');
    const destinationId = value(findDestination(lab.ledger, 'central')).id;
    expect(entry).toMatchObject({
      actor: person,
      subject: { kind: 'item', id: item },
      body: { code: 'archive.item-missing', destinationId, foundSha256: null, reconciliationId: report.id },
    });
    expect(entry?.body.expectedSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(entry)).not.toContain('张三');
    expect(entriesAbout(lab.ledger.reader, 'unit', unitId).map((one) => one.type)).toContain('difference.explained');
  });

  test('is no longer open, in the result it was taken from and in the next one, and is still listed with who, when and why', async () => {
    fs.rmSync(payload());
    const before = await compare();
    value(await explain(before.differences[0]));
    for (const report of [value(await reportOf(lab.ledger, before.id)), await compare()]) {
      expect(report).toMatchObject({ missing: 1, open: 0, explained: 1, hashMismatch: false });
      expect(report.differences).toMatchObject([{ code: 'archive.item-missing', explanation: { reason: '误放的文件，已核对', at: lab.clock.now } }]);
    }
  });

  test('is open again when it is another one: other bytes, or gone', async () => {
    flip(payload());
    const changed = await compare();
    value(await explain(changed.differences[0]));
    expect((await compare()).open).toBe(0);
    fs.appendFileSync(payload(), 'more');
    expect(await compare()).toMatchObject({ open: 1, explained: 0, differences: [{ code: 'archive.item-differs', explanation: null }] });
    fs.rmSync(payload());
    expect(await compare()).toMatchObject({ open: 1, explained: 0, differences: [{ code: 'archive.item-missing', explanation: null }] });
  });

  test('stays a hash mismatch when it is one', async () => {
    flip(payload());
    value(await explain((await compare()).differences[0]));
    expect(await compare()).toMatchObject({ open: 0, explained: 1, differs: 1, hashMismatch: true });
  });

  test('says nothing about another one of the same class with the same bytes', async () => {
    fs.writeFileSync(path.join(bag, 'data', 'one.tmp'), 'stray');
    value(await explain((await compare()).differences[0]));
    fs.writeFileSync(path.join(bag, 'data', 'two.tmp'), 'stray');
    expect(await compare()).toMatchObject({ extra: 2, open: 1, explained: 1 });
  });

  test('holds for a folder nobody recorded as long as nothing in it changes', async () => {
    const foreign = path.join(path.dirname(bag), randomUUID());
    fs.cpSync(bag, foreign, { recursive: true });
    value(await explain((await compare()).differences[0]));
    expect(await compare()).toMatchObject({ extra: 1, open: 0, explained: 1 });
    flip(path.join(foreign, 'bagit.txt'));
    expect(await compare()).toMatchObject({ extra: 1, open: 1, explained: 0 });
  });

  test('in the vault is explained whichever archive is compared', async () => {
    const original = value(lab.vault.originalPath(item));
    fs.chmodSync(path.dirname(original), 0o700);
    fs.rmSync(original);
    const report = await compare();
    expect(report.differences).toMatchObject([{ code: 'vault.item-missing', itemId: item, unitId }]);
    value(await explain(report.differences[0]));
    const alone = value(await reconcile(lab.context, { source: null, sourceName: null, destination: null, actor: person }));
    expect(alone).toMatchObject({ destination: null, open: 0, explained: 1 });
  });

  test('is explained once; taken back it is open, and can be explained anew', async () => {
    fs.rmSync(payload());
    const { differences } = await compare();
    const first = value(await explain(differences[0]));
    expect(await explain(differences[0], 'again')).toMatchObject({ ok: false, failure: { code: 'difference.explained-already', detail: first.id } });
    value(await reopenDifference(context(), first.id));
    expect(await compare()).toMatchObject({ open: 1, explained: 0 });
    expect(await reopenDifference(context(), first.id)).toMatchObject({ ok: false, failure: { code: 'explanation.unknown' } });
    expect(entriesOfType(lab.ledger.reader, 'difference.reopened')).toMatchObject([{ actor: person, subject: { kind: 'item', id: item } }]);
    value(await explain(differences[0], 'second thoughts'));
    expect((await compare()).differences[0]?.explanation?.reason).toBe('second thoughts');
  });

  test('is open again when its reason was erased, or is not the one the ledger vouches for', async () => {
    fs.rmSync(payload());
    const { id } = value(await explain((await compare()).differences[0]));
    const records = value(openPrivateRecords(lab.paths, { readonly: false }));
    const kept = records.get('explanation', id);
    records.put([{ kind: 'explanation', id, data: { ...kept, reason: 'something else' } }]);
    expect((await compare()).open).toBe(1);
    records.put([{ kind: 'explanation', id, data: { ...kept } }]);
    expect((await compare()).open).toBe(0);
    records.destroy('explanation', id);
    records.close();
    expect((await compare()).open).toBe(1);
  });
});

describe('what cannot be explained', () => {
  test('is what only waits, and what could not be read', async () => {
    await lab.unit([10]);
    const { differences } = await compare([{ path: 'DCIM/bad.mp4', reason: 'source.unreadable' }]);
    expect(differences.map(({ code, id }) => [code, id])).toEqual([
      ['source.unreadable', null],
      ['clear.no-receipt', null],
    ]);
  });

  test('is a difference that no recorded reconciliation found', async () => {
    expect(await explain(undefined)).toMatchObject({ ok: false, failure: { code: 'reconciliation.unknown' } });
    fs.rmSync(payload());
    await compare();
    expect(await explainDifference(context(), { reconciliation: null, difference: 'f'.repeat(64), reason: 'because' })).toMatchObject({
      ok: false,
      failure: { code: 'difference.unknown' },
    });
  });
});

test('a full list makes room for an open difference: first what waits goes, then what is explained', () => {
  const of = (code: 'archive.item-missing' | 'clear.no-receipt', n: number, explanationId: string | null = null): KeptDifference => {
    const nothing = { detail: '', id: null, destinationId: null, unitId: null, itemId: null, expectedSha256: null, foundSha256: null };
    return { ...nothing, code, what: String(n), explanationId };
  };
  const listed: KeptDifference[] = [];
  for (let n = 0; n < 998; n += 1) list(listed, of('archive.item-missing', n));
  list(listed, of('archive.item-missing', 998, randomUUID()));
  list(listed, of('clear.no-receipt', 999));
  for (const n of [1000, 1001, 1002]) list(listed, of('archive.item-missing', n));
  list(listed, of('clear.no-receipt', 1003));
  expect(listed).toHaveLength(1000);
  expect(listed.filter((one) => one.code === 'clear.no-receipt' || one.explanationId !== null)).toEqual([]);
  expect(listed.slice(-2).map((one) => one.what)).toEqual(['1001', '1000']);
});

describe('a recorded result', () => {
  test('is vouched for by the ledger: its hash is that of its canonical bytes', async () => {
    const report = await compare();
    const { canonical, content } = value(readResult(lab.ledger, report.id));
    const sha256 = createHash('sha256').update(canonical).digest('hex');
    expect(report.resultSha256).toBe(sha256);
    expect(entriesOfType(lab.ledger.reader, 'reconciliation.done').at(-1)).toMatchObject({
      seq: report.entry.seq,
      body: { result: { id: report.id, sha256 } },
    });
    expect(content.head.seq).toBe(report.entry.seq - 1);
    expect(listReconciliations(lab.ledger, 5)).toMatchObject([{ id: report.id, destination: 'central', differences: 0, explained: 0 }]);
  });

  test('that was altered afterwards is not shown', async () => {
    const { id } = await compare();
    const { canonical } = value(readResult(lab.ledger, id));
    const records = value(openPrivateRecords(lab.paths, { readonly: false }));
    records.put([{ kind: 'reconciliation', id, data: { canonical: canonical.replace('"missing":0', '"missing":1') } }]);
    records.close();
    expect(await reportOf(lab.ledger, id)).toMatchObject({
      ok: false,
      failure: { code: 'reconciliation.unknown', detail: 'it does not match its hash' },
    });
  });
});
