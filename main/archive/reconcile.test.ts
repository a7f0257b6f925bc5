import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ArchiveLab, AT, flip, openArchiveLab, withFailingDisk } from '../../fixtures/archive-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { bagPath } from './forward.ts';
import { exportCase, findDestination, forwardAll, reconcile, type SourceFile } from './index.ts';

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
  await lab.add('central', lab.far);
});
afterEach(async () => {
  await lab.close();
});

const actor = { kind: 'cli' as const, id: 'test' };
const bagOf = (unitId: string) => path.join(lab.far, bagPath(lab.context.stationId, unitId));

async function compare(source: SourceFile[] | null = null) {
  const destination = findDestination(lab.ledger, 'central');
  if (!destination.ok) throw new Error('not added');
  const listed =
    source &&
    (async function* () {
      yield* source;
    })();
  const result = await reconcile(lab.context, { source: listed, sourceName: source && 'card', destination: destination.value, actor });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

describe('reconciling', () => {
  test('what is the same everywhere leaves nothing open', async () => {
    await lab.unit([1000, 2000]);
    await forwardAll(lab.context, null);
    expect(await compare()).toMatchObject({ missing: 0, differs: 0, extra: 0, waiting: 0, open: 0, hashMismatch: false, differences: [] });
    expect(entriesOfType(lab.ledger.reader, 'reconciliation.done')).toHaveLength(1);
  });

  test('an item that was not forwarded yet waits and is no difference', async () => {
    await lab.unit([1000]);
    expect(await compare()).toMatchObject({ waiting: 1, open: 0, hashMismatch: false });
  });

  test('a flipped byte of an archived original is found and named', async () => {
    const { unitId, items } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    flip(path.join(bagOf(unitId), 'data', `0001-${items[0]}.mp4`));
    const report = await compare();
    expect(report).toMatchObject({ differs: 1, open: 1, hashMismatch: true });
    expect(report.differences[0]).toMatchObject({ code: 'archive.item-differs', what: expect.stringContaining(items[0] as string) });
  });

  test('a flipped byte of an archived tag file is found', async () => {
    const { unitId } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    flip(path.join(bagOf(unitId), 'evidock', 'custody.jsonl'));
    expect(await compare()).toMatchObject({ differs: 1, hashMismatch: true });
  });

  test('a flipped byte in the vault is found and named', async () => {
    const { items } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    const original = lab.vault.originalPath(items[0] as string);
    if (!original.ok) throw new Error('not in the vault');
    flip(original.value);
    const report = await compare();
    expect(report).toMatchObject({ differs: 1, hashMismatch: true });
    expect(report.differences[0]).toMatchObject({ code: 'vault.item-differs', what: items[0] });
  });

  test('an archived original that is gone is missing', async () => {
    const { unitId, items } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    fs.rmSync(path.join(bagOf(unitId), 'data', `0001-${items[0]}.mp4`));
    const report = await compare();
    expect(report).toMatchObject({ missing: 1, open: 1, hashMismatch: false });
    expect(report.differences).toMatchObject([{ code: 'archive.item-missing', what: expect.stringContaining(items[0] as string) }]);
  });

  test('a file that was put into an archived bag is extra', async () => {
    const { unitId } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    fs.writeFileSync(path.join(bagOf(unitId), 'data', `0002-${randomUUID()}.mp4`), 'planted');
    const report = await compare();
    expect(report).toMatchObject({ extra: 1, open: 1, hashMismatch: false });
    expect(report.differences[0]?.code).toBe('archive.unexpected');
  });

  test('stray files that a file server leaves about do not stop it and break no hash', async () => {
    const { unitId } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    const station = path.join(lab.far, lab.context.stationId);
    fs.writeFileSync(path.join(station, 'Thumbs.db'), 'x');
    fs.writeFileSync(path.join(path.dirname(bagOf(unitId)), 'Thumbs.db'), 'x');
    expect(await compare()).toMatchObject({ extra: 2, differs: 0, hashMismatch: false });
  });

  test('a bag of a unit the ledger does not know is extra', async () => {
    const { unitId } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    fs.cpSync(bagOf(unitId), path.join(path.dirname(bagOf(unitId)), randomUUID()), { recursive: true });
    expect(await compare()).toMatchObject({ extra: 1, differs: 0, open: 1 });
  });

  test('a file of the source that is not in the vault is missing; a cleared one is no difference', async () => {
    await lab.unit([1000]);
    await forwardAll(lab.context, null);
    const report = await compare([{ path: 'DCIM/new.mp4', sha256: 'a'.repeat(64) }]);
    expect(report).toMatchObject({ missing: 1, open: 1 });
    expect(report.differences).toMatchObject([{ code: 'source.not-stored', what: 'DCIM/new.mp4' }]);
  });

  test('many waiting items never push a real difference off the list', async () => {
    const { unitId, items } = await lab.unit([1000]);
    await forwardAll(lab.context, null);
    flip(path.join(bagOf(unitId), 'data', `0001-${items[0]}.mp4`));
    await lab.unit(Array.from({ length: 1010 }, () => 1));
    flip(path.join(bagOf(unitId), 'evidock', 'custody.jsonl'));
    const report = await compare();
    expect(report).toMatchObject({ waiting: 1010, differs: 2 });
    expect(report.differences.map((one) => one.code)).toEqual(expect.arrayContaining(['archive.item-differs', 'archive.bag-damaged']));
  });
});

describe('an exported case', () => {
  const caseId = randomUUID();
  let out: string;
  beforeEach(() => {
    out = path.join(lab.folder, 'export of a case');
  });

  async function link(unitId: string) {
    await lab.ledger.append(
      [
        {
          type: 'case.imported',
          subject: { kind: 'case', id: caseId },
          actor,
          at: AT,
          body: { actionKind: 'hearing', startedAt: null, endedAt: null },
        },
        { type: 'unit.linked', subject: { kind: 'unit', id: unitId }, actor, at: AT, body: { caseId, stage: null } },
      ],
      [{ kind: 'case', id: caseId, data: { number: '2026-17', title: 'T', place: 'P' } }],
    );
  }
  const verify = (cwd = '/') => spawnSync('sh', [path.join(out, 'verify.sh')], { cwd, encoding: 'utf8' });
  const write = () => exportCase(lab.context, { id: caseId, number: '2026-17' }, out);

  test('is checked by its own script from any folder, and a flipped byte fails it', async () => {
    const { unitId, items } = await lab.unit([1000, 2000]);
    await link(unitId);
    expect(await write()).toMatchObject({ ok: true, value: { units: 1, files: 2, bytes: 3000 } });
    const good = verify();
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining('校验通过')]);
    const payload = path.join(out, 'data', unitId, `0001-${items[0]}.mp4`);
    const bytes = fs.readFileSync(payload);
    flip(payload);
    const bad = verify();
    expect([bad.status, bad.stdout]).toEqual([1, expect.stringContaining('NOT VERIFIED')]);
    fs.writeFileSync(payload, bytes);
    expect(verify().status).toBe(0);
    fs.writeFileSync(path.join(out, 'data', 'extra'), '');
    expect(verify().status).toBe(1);
  });

  test('is a valid bag with the custody of its units', async () => {
    const { unitId } = await lab.unit([1000]);
    await link(unitId);
    await write();
    execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'manifest-sha256.txt'], { cwd: out });
    execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'tagmanifest-sha256.txt'], { cwd: out });
    expect(fs.readFileSync(path.join(out, 'evidock', 'custody.jsonl'), 'utf8')).toContain('"type":"unit.linked"');
  });

  test('on a disk that loses a bit is not called done, and is taken away again', async () => {
    const { unitId } = await lab.unit([1000]);
    await link(unitId);
    const result = await exportCase(withFailingDisk(lab, /\/data\//), { id: caseId, number: '2026-17' }, out);
    expect(result).toMatchObject({ ok: false, failure: { code: 'destination.read-back-differs' } });
    expect(fs.readdirSync(out)).toEqual([]);
  });

  test('for which there is no room leaves nothing that looks like one', async () => {
    const { unitId } = await lab.unit([3_000_000]);
    await link(unitId);
    fs.mkdirSync(out);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', out]);
    try {
      expect(await write()).toMatchObject({ ok: false, failure: { code: 'export.write-failed' } });
      expect(fs.readdirSync(out)).toEqual([]);
    } finally {
      spawnSync('umount', [out]);
    }
  });

  test('of which nothing is known, or nothing linked, is not written', async () => {
    const unknown = { id: randomUUID(), number: '2026-18' };
    expect(await exportCase(lab.context, unknown, out)).toMatchObject({ ok: false, failure: { code: 'case.unknown', what: '2026-18' } });
    await link(randomUUID());
    expect(await write()).toMatchObject({ ok: false, failure: { code: 'export.nothing-linked', what: '2026-17' } });
    expect(fs.existsSync(out)).toBe(false);
  });

  test('goes into no folder that holds something', async () => {
    const { unitId } = await lab.unit([1000]);
    await link(unitId);
    fs.mkdirSync(out);
    fs.writeFileSync(path.join(out, 'mine'), 'x');
    expect(await write()).toMatchObject({ ok: false, failure: { code: 'export.folder-not-empty' } });
    expect(fs.readdirSync(out)).toEqual(['mine']);
  });
});
