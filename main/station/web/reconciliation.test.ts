import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import { createRouter } from '../index.ts';

let lab: WebLab;
let card: string;
let archivist: string;
let auditor: string;
beforeAll(async () => {
  lab = await openWebLab();
  card = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-card-'));
  fs.writeFileSync(path.join(card, '=HYPERLINK("x").mp4'), 'evidence');
  const client = createRouterClient(createRouter(lab.station));
  for await (const _ of await client.docking.ingest({ sources: [card], camera: null, officer: null, caseNumber: null }));
  await lab.station.idle();
  fs.rmSync(inBag('data', fs.readdirSync(inBag('data'))[0] ?? ''));
  fs.writeFileSync(inBag('Thumbs.db'), 'left by a file server');
  archivist = await lab.session('archivist');
  auditor = await lab.session('auditor');
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(card, { recursive: true });
});

function inBag(...names: string[]): string {
  const { archive } = lab.station.paths;
  const found = fs.readdirSync(archive, { recursive: true, encoding: 'utf8' }).find((name) => path.basename(name) === 'bagit.txt');
  return path.join(archive, path.dirname(found ?? ''), ...names);
}

async function reconciled() {
  const { id } = (await lab.ask('/api/v1/reconcile', { session: archivist, body: { to: 'local' } })).json.value;
  await lab.station.longWork.reconcile.settled();
  const run = (await lab.ask('/api/v1/reconcile', { session: auditor })).json;
  expect(run).toMatchObject({ id, state: 'done', failure: null });
  return (await lab.ask(`/api/v1/reconciliations/${run.result}`, { session: auditor })).json.value;
}

describe('a difference', () => {
  test('is explained by an archivist, not by an auditor, who sees it explained all the same', async () => {
    const report = await reconciled();
    expect(report).toMatchObject({ missing: 1, extra: 1, open: 2, by: expect.stringMatching(/^张\d 1100000\d$/) });
    const missing = report.differences.find((one: { code: string }) => one.code === 'archive.item-missing');
    expect(missing.file).toContain('=HYPERLINK');
    const body = { difference: missing.id, reason: '  磁盘更换时遗失  ' };
    const address = `/api/v1/reconciliations/${report.id}/explanations`;
    expect((await lab.ask(address, { session: auditor, body })).status).toBe(403);
    expect((await lab.ask(address, { session: archivist, body: { ...body, reason: ' ' } })).status).toBe(400);
    const explained = (await lab.ask(address, { session: archivist, body })).json;
    expect(explained).toMatchObject({ ok: true, value: { reason: '磁盘更换时遗失', by: report.by } });
    const seen = (await lab.ask(`/api/v1/reconciliations/${report.id}`, { session: auditor })).json.value;
    expect(seen).toMatchObject({ open: 1, explained: 1 });
    const takeBack = `/api/v1/explanations/${explained.value.id}/take-back`;
    expect((await lab.ask(takeBack, { method: 'POST', session: auditor, body: {} })).status).toBe(403);
    expect((await lab.ask(takeBack, { method: 'POST', session: archivist, body: {} })).json.ok).toBe(true);
    expect((await lab.ask(`/api/v1/reconciliations/${report.id}`, { session: auditor })).json.value.open).toBe(2);
  });

  test('of a reconciliation nobody made, or of no reconciliation, is said to be unknown', async () => {
    const report = await reconciled();
    const body = { difference: 'f'.repeat(64), reason: 'because' };
    const unknown = await lab.ask(`/api/v1/reconciliations/${report.id}/explanations`, { session: archivist, body });
    expect(unknown.json.failure.code).toBe('difference.unknown');
    expect((await lab.ask(`/api/v1/reconciliations/${randomUUID()}`, { session: archivist })).json.failure.code).toBe('reconciliation.unknown');
    const none = await lab.ask(`/api/v1/explanations/${randomUUID()}/take-back`, { method: 'POST', session: archivist, body: {} });
    expect(none.json.failure.code).toBe('explanation.unknown');
  });
});

describe('a reconciliation as a file', () => {
  test('whose asker goes away is made no further: its browser ends, and nothing of it stays', async () => {
    const report = await reconciled();
    // The thread's browser is a process of ours whose command line names its folder.
    const printing = () => {
      const found = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurPrinter(name));
      return found.length;
    };
    const gone = new AbortController();
    const url = `${lab.server.url}/api/v1/reconciliations/${report.id}/export?format=pdf&language=zh`;
    const asked = fetch(url, { headers: { cookie: `evidock_session=${auditor}` }, signal: gone.signal });
    await expect.poll(printing, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    gone.abort();
    await expect(asked).rejects.toHaveProperty('name', 'AbortError');
    await expect.poll(printing, { timeout: 60_000 }).toBe(0);
    expect((await exported(report.id, 'format=pdf&language=zh')).bytes.subarray(0, 5).toString()).toBe('%PDF-');
  });

  const exported = (id: string, query: string, session: string | undefined = auditor) =>
    lab.ask(`/api/v1/reconciliations/${id}/export?${query}`, session === undefined ? {} : { session });

  test('is handed to whoever may read the archive, as a download with a name of plain letters', async () => {
    const report = await reconciled();
    const officer = await lab.session('officer');
    expect((await exported(report.id, 'format=xlsx&language=zh', officer)).status).toBe(403);
    expect((await lab.ask(`/api/v1/reconciliations/${report.id}/export?format=xlsx&language=zh`)).status).toBe(401);
    for (const [format, magic, type] of [
      ['xlsx', 'PK', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['pdf', '%PDF-', 'application/pdf'],
    ] as const) {
      const file = await exported(report.id, `format=${format}&language=en`);
      expect(file.status).toBe(200);
      expect(file.headers['content-type']).toBe(type);
      expect(file.headers['content-disposition']).toMatch(new RegExp(`^attachment; filename="evidock-[A-Za-z0-9-]+\\.${format}"$`));
      expect(file.bytes.subarray(0, magic.length).toString()).toBe(magic);
    }
  });

  test('as it was recorded has the hash that the ledger vouches for', async () => {
    const report = await reconciled();
    const file = await exported(report.id, 'format=json&language=zh');
    expect(createHash('sha256').update(file.bytes).digest('hex')).toBe(report.resultSha256);
    expect(JSON.parse(file.text)).toMatchObject({ id: report.id, station: { code: lab.station.identity.stationCode } });
  });

  test('is of no other form, and of nothing that was not recorded', async () => {
    const report = await reconciled();
    for (const query of ['format=html&language=zh', 'format=pdf&language=../../etc/passwd', 'format=pdf']) {
      expect((await exported(report.id, query)).status).toBe(400);
    }
    expect((await exported('..%2f..%2fetc%2fpasswd', 'format=json&language=zh')).status).toBe(400);
    const unknown = await exported(randomUUID(), 'format=pdf&language=zh');
    expect([unknown.status, unknown.json.failure.code]).toEqual([409, 'reconciliation.unknown']);
  });

  test('is one of a list, newest first', async () => {
    const report = await reconciled();
    const { json } = await lab.ask('/api/v1/reconciliations', { session: auditor });
    expect(json[0]).toMatchObject({ id: report.id, destination: 'local', differences: 2, explained: 0, hashMismatch: false });
  });
});

/** Whether a process is a browser that this process has started to print. */
function isOurPrinter(pid: string): boolean {
  try {
    const parent = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
    return parent === String(process.pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('evidock-print-');
  } catch {
    // It ended while we looked.
    return false;
  }
}
