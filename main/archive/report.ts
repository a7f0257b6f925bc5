import type { ReconcileReport } from '../contract/api/archive.ts';
import { errorText } from '../contract/error-texts.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { writeFileDurably } from '../store/index.ts';

export type ReportFrame = { stationCode: string; stationId: string; at: string; head: { seq: number; hash: string } };

const COUNTS = [
  ['same', '一致', 'same'],
  ['missing', '缺少', 'missing'],
  ['differs', '不一致', 'differs'],
  ['extra', '多出', 'extra'],
  ['waiting', '待归档', 'waiting for the archive'],
] as const;

/**
 * Writes a reconciliation as JSON to `file` and as a page for people beside it (`.html`); both stand by themselves. Fails with
 * `report.write-failed` when they cannot be written.
 */
export function writeReport(file: string, report: ReconcileReport, frame: ReportFrame): Result<null> {
  try {
    writeFileDurably(file, `${JSON.stringify({ ...frame, ...report }, null, 2)}\n`, 0o640);
    writeFileDurably(`${file.replace(/\.json$/, '')}.html`, page(report, frame), 0o640);
    return done(null);
  } catch (error) {
    return failed('report.write-failed', file, String(error));
  }
}

function page(report: ReconcileReport, frame: ReportFrame): string {
  const verdict =
    report.open === 0 && report.waiting === 0 ? ['对账一致', 'Reconciled'] : report.open === 0 ? ['待归档', 'Waiting'] : ['存在差异', 'Differences'];
  const counts = COUNTS.map(([key, zh, en]) => `<tr><th>${zh}<small>${en}</small></th><td>${report[key]}</td></tr>`).join('');
  const rows = report.differences
    .map(
      ({ code, what }) =>
        `<tr><td><code>${escapeHtml(code)}</code></td><td>${escapeHtml(errorText(code, what, 'zh'))}<br><small>${escapeHtml(errorText(code, what, 'en'))}</small></td></tr>`,
    )
    .join('');
  return `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>对账报告 Reconciliation report</title>
<style>
body{font:16px/1.6 "Noto Sans SC","Noto Sans CJK SC",Inter,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#0f172a}
h1{font-size:28px;margin:0}small{color:#475569;display:block;font-size:14px}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;border-bottom:1px solid #cbd5e1;padding:.5rem .75rem;vertical-align:top}td{font-variant-numeric:tabular-nums}
code{font-size:14px;overflow-wrap:anywhere}.verdict{border:3px solid #0f172a;border-radius:10px;padding:.75rem 1rem;margin:1rem 0;font-size:20px}
</style>
<h1>对账报告<small>Reconciliation report</small></h1>
<p class="verdict">${verdict[0]} <small>${verdict[1]}</small></p>
<table>
<tr><th>采集站<small>station</small></th><td>${escapeHtml(frame.stationCode)} <code>${escapeHtml(frame.stationId)}</code></td></tr>
<tr><th>时间<small>time (UTC)</small></th><td>${escapeHtml(frame.at)}</td></tr>
<tr><th>来源<small>source</small></th><td>${escapeHtml(report.source ?? '—')}</td></tr>
<tr><th>存储目标<small>destination</small></th><td>${escapeHtml(report.destination ?? '—')}</td></tr>
<tr><th>台账<small>ledger head</small></th><td>${frame.head.seq} <code>${escapeHtml(frame.head.hash)}</code></td></tr>
${counts}</table>
${rows === '' ? '' : `<table><tr><th>代码<small>code</small></th><th>说明<small>what it is and what to do</small></th></tr>${rows}</table>`}
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
