import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Difference, ReconcileReport } from '../contract/api/archive.ts';
import { makeReport, type SheetInput, writeReport } from './index.ts';
import { BROWSERS, printPage } from './print.ts';

const UNIT = '01a20c7f-f471-7727-97c3-f503c7c323ef';
const HOSTILE = '</td></table><script>document.title="ran"</script><img src="http://127.0.0.1:1/x"><style>*{display:none}</style>\u0001 龘';

const unstopped = new AbortController().signal;
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-report-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function difference(changes: Partial<Difference> = {}): Difference {
  return {
    code: 'archive.item-missing',
    what: 'central: 2026/03',
    detail: '',
    id: 'a'.repeat(64),
    unitId: UNIT,
    itemId: UNIT,
    file: 'DCIM/a.mp4',
    expectedSha256: 'b'.repeat(64),
    foundSha256: null,
    explanation: null,
    ...changes,
  };
}

function input(differences: Difference[], changes: Partial<ReconcileReport> = {}): SheetInput {
  const missing = differences.length;
  const explained = differences.filter((one) => one.explanation !== null).length;
  return {
    report: {
      id: UNIT,
      startedAt: '2026-03-02T06:03:12.000Z',
      endedAt: '2026-03-02T06:10:00.000Z',
      by: '李档案 012301',
      destination: 'central',
      source: null,
      same: 41,
      missing,
      differs: 0,
      extra: 0,
      waiting: 0,
      explained,
      open: missing - explained,
      hashMismatch: false,
      itemsFrom: '2026-02-01T00:00:00.000Z',
      itemsTo: '2026-03-01T16:00:00.000Z',
      classes: [{ code: 'archive.item-missing', count: missing }],
      resultSha256: 'c'.repeat(64),
      entry: { seq: 812, hash: 'd'.repeat(64) },
      differences,
      ...changes,
    },
    station: { id: UNIT, code: 'A1' },
    exportedAt: '2026-03-02T07:00:00.000Z',
    exportedBy: '李档案',
    head: { seq: 815, hash: 'e'.repeat(64) },
    zone: 'Asia/Shanghai',
  };
}

async function made(sheet: SheetInput, format: 'pdf' | 'xlsx', language: 'zh' | 'en'): Promise<Buffer> {
  const result = await makeReport(sheet, { format, language, signal: unstopped });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return Buffer.from(result.value);
}

/** Every character that the fonts of a PDF say they draw. */
function drawnCharacters(pdf: Buffer): string {
  const latin = pdf.toString('latin1');
  const streams = [...latin.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body]) => Buffer.from(body ?? '', 'latin1'));
  const maps = streams.flatMap((body) => {
    try {
      // The line end before `endstream` may have taken the last byte of the checksum.
      return [zlib.inflateSync(body, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString('latin1')];
    } catch {
      return [];
    }
  });
  const lines = maps.filter((one) => one.includes('begincmap')).flatMap((one) => one.split('\n'));
  return lines
    .map((line) => {
      const codes = [...line.matchAll(/<([0-9A-F]+)>/g)].map(([, code]) => code ?? '');
      const target = Buffer.from(codes.at(-1) ?? '', 'hex');
      if (target.length % 2 === 1) return '';
      if (codes.length === 2) return target.swap16().toString('utf16le');
      if (codes.length !== 3) return '';
      // A run of glyphs that stand for consecutive characters.
      const length = Number.parseInt(codes[1] ?? '', 16) - Number.parseInt(codes[0] ?? '', 16) + 1;
      return String.fromCharCode(...Array.from({ length }, (_, n) => target.readUInt16BE(0) + n));
    })
    .join('');
}

/** The files of a ZIP archive, as text. */
function unzip(bytes: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const body = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
    files.set(name, (bytes.readUInt16LE(at + 10) === 8 ? zlib.inflateRawSync(body) : body).toString('utf8'));
  }
  return files;
}

describe('a reconciliation as PDF', () => {
  test('draws Chinese, in a sheet in either language, and the lines to sign on', async () => {
    const explanation = { id: UNIT, at: '2026-03-02T06:30:00.000Z', by: '李档案', reason: '误删，已由乙站补传' };
    const sheet = input([difference({ explanation }), difference({ file: '案件/询问笔录.mp4' })]);
    const zh = drawnCharacters(await made(sheet, 'pdf', 'zh'));
    for (const char of '对账报告有未说明的差异误删已由站补传询问笔录姓名签字') expect(zh).toContain(char);
    const en = drawnCharacters(await made(sheet, 'pdf', 'en'));
    for (const char of 'Reconciliation Signature 询问笔录'.replaceAll(' ', '')) expect(en).toContain(char);
    expect(en).not.toContain('签');
  });

  test('from a browser that fetches nothing, whatever its page says', async () => {
    let asked = 0;
    const server = http.createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const page = `<!doctype html><img src="http://127.0.0.1:${port}/a"><link rel="stylesheet" href="http://localhost:${port}/b"><p>x</p>`;
      expect(await printPage(page, { browsers: BROWSERS, limitMs: 60_000 }, unstopped)).toMatchObject({ ok: true });
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  test('is refused where there is no browser, when the browser fails, and when it does not end', async () => {
    const sheet = input([]);
    expect(
      await makeReport(sheet, { format: 'pdf', language: 'zh', signal: unstopped }, { browsers: ['/nonexistent/chromium'], limitMs: 1000 }),
    ).toMatchObject({
      ok: false,
      failure: { code: 'report.printer-missing', what: '/nonexistent/chromium' },
    });
    expect(await makeReport(sheet, { format: 'pdf', language: 'zh', signal: unstopped }, { browsers: ['/bin/false'], limitMs: 1000 })).toMatchObject({
      ok: false,
      failure: { code: 'report.print-failed', what: 'false' },
    });
    const endless = path.join(folder, 'endless');
    fs.writeFileSync(endless, '#!/bin/sh\ntail -f /dev/null\n', { mode: 0o755 });
    expect(await makeReport(sheet, { format: 'pdf', language: 'zh', signal: unstopped }, { browsers: [endless], limitMs: 200 })).toMatchObject({
      ok: false,
      failure: { code: 'report.print-failed', detail: 'not done after 200 ms' },
    });
    // The one after it is made all the same.
    expect((await made(sheet, 'pdf', 'zh')).subarray(0, 5).toString()).toBe('%PDF-');
  });
});

describe('a report that is stopped', () => {
  test('while it is printed ends the browser with what that started, and leaves no folder', async () => {
    const endless = path.join(folder, 'endless');
    const [home, child] = ['home', 'child'].map((name) => path.join(folder, name)) as [string, string];
    fs.writeFileSync(
      endless,
      `#!/bin/sh\nprintf %s "$HOME" > ${home}\ntail -f /dev/null &\nprintf %s $! > ${child}.part\nmv ${child}.part ${child}\nwait\n`,
      {
        mode: 0o755,
      },
    );
    const stop = new AbortController();
    const made = makeReport(input([]), { format: 'pdf', language: 'zh', signal: stop.signal }, { browsers: [endless], limitMs: 600_000 });
    const next = makeReport(input([]), { format: 'pdf', language: 'zh', signal: stop.signal }, { browsers: [endless], limitMs: 600_000 });
    await expect.poll(() => fs.existsSync(child), { timeout: 60_000 }).toBe(true);
    expect(fs.existsSync(path.join(fs.readFileSync(home, 'utf8'), 'page.html'))).toBe(true);
    stop.abort();
    for (const one of [made, next]) expect(await one).toMatchObject({ ok: false, failure: { code: 'run.cancelled', what: 'PDF' } });
    await expect.poll(() => fs.existsSync(`/proc/${fs.readFileSync(child, 'utf8')}`), { timeout: 60_000 }).toBe(false);
    expect(fs.existsSync(fs.readFileSync(home, 'utf8'))).toBe(false);
  });
});

describe('a reconciliation as XLSX', () => {
  test('says station, archive, time, counts, ledger and hash, and has lines to sign on', async () => {
    for (const [language, words] of [
      ['zh', ['对账报告', '有未说明的差异', '缺少', '归档缺失', '姓名', '签字', '日期', '未决']],
      ['en', ['Reconciliation report', 'Missing', 'Missing in archive', 'Name', 'Signature', 'Date', 'Unresolved']],
    ] as const) {
      const text = [...unzip(await made(input([difference()]), 'xlsx', language)).values()].join('\n');
      const facts = [
        'A1',
        'central',
        '2026-03-02 14:03:12',
        '李档案 012301',
        '2026-03-02 00:00:00',
        'c'.repeat(64),
        `812 ${'d'.repeat(64)}`,
        `815 ${'e'.repeat(64)}`,
      ];
      for (const word of [...words, ...facts]) expect(text).toContain(word);
    }
  });

  test('holds a file named like a formula as a text, and one with characters no spreadsheet can hold all the same', async () => {
    const files = unzip(
      await made(input([difference({ file: '=HYPERLINK("http://x","y")' }), difference({ what: HOSTILE, file: '+1\ud800' })]), 'xlsx', 'zh'),
    );
    const sheets = [...files].filter(([name]) => /worksheets\/sheet\d+\.xml$/.test(name));
    expect(sheets).toHaveLength(2);
    for (const [, xml] of sheets) expect(xml).not.toMatch(/<f[ >]/);
    const all = [...files.values()].join('\n');
    expect(all).toContain('=HYPERLINK(');
    expect(all).toContain('&lt;script&gt;');
    expect(all).not.toContain('\u0001');
    expect(all).toContain('+1□');
  });
});

describe('the verdict', () => {
  const explanation = { id: UNIT, at: '2026-03-02T06:30:00.000Z', by: null, reason: null };
  test.each([
    ['对账一致', input([])],
    ['对账一致，尚有待归档', input([], { waiting: 2 })],
    ['差异均已说明', input([difference({ explanation })])],
    ['有未说明的差异', input([difference()])],
    ['内容与记录不符', input([difference({ explanation })], { differs: 1, hashMismatch: true })],
  ])('is %s', (verdict, sheet) => {
    const file = path.join(folder, 'report.json');
    expect(writeReport(file, sheet)).toMatchObject({ ok: true });
    expect(fs.readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain(`<p class="verdict">${verdict}</p>`);
  });
});

describe('a report written to files', () => {
  test('is data and two pages that show what came from outside as text', () => {
    const file = path.join(folder, 'report.json');
    expect(writeReport(file, input([difference({ what: HOSTILE, file: HOSTILE })]))).toMatchObject({ ok: true });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ missing: 1, stationCode: 'A1', head: { seq: 815 } });
    for (const name of ['report.html', 'report.en.html']) {
      const page = fs.readFileSync(path.join(folder, name), 'utf8');
      expect(page).toContain('&lt;script&gt;');
      expect(page).not.toMatch(/<script|<img|src=(?!&quot;)|href=/);
      expect(page.match(/<style>/g)).toHaveLength(1);
    }
  });

  test('into no folder fails with report.write-failed', () => {
    expect(writeReport(path.join(folder, 'no', 'report.json'), input([]))).toMatchObject({ ok: false, failure: { code: 'report.write-failed' } });
  });
});
