import type { Sheet } from './sheet.ts';

/**
 * A sheet as a page that stands by itself: nothing in it is fetched, no script in it runs, and everything that came from
 * outside (file names, reasons, names) is text and can be nothing else.
 */
export function pageOf(sheet: Sheet): string {
  const { headings, statement, lines } = sheet;
  return `<!doctype html>
<html lang="${sheet.language === 'zh' ? 'zh-CN' : 'en'}"><meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(sheet.title)}</title>
<style>${STYLE}</style>
<h1>${text(sheet.title)}</h1>
<p class="verdict">${text(sheet.verdict)}</p>
<h2>${text(headings.summary)}</h2>
<table class="facts">${sheet.facts.map(([label, value]) => `<tr><th scope="row">${text(label)}</th><td>${text(value)}</td></tr>`).join('')}</table>
<div class="figures">
<div><h2>${text(headings.figures)}</h2><table>${figures(sheet.counts)}</table></div>
${sheet.classes.length === 0 ? '' : `<div><h2>${text(headings.byClass)}</h2><table>${figures(sheet.classes)}</table></div>`}
</div>
<section class="sign"><p>${text(statement)}</p><div>${lines.map((line) => `<span>${text(line)}</span>`).join('')}</div></section>
<h2 class="list">${text(headings.differences)}</h2>
${sheet.note === null ? '' : `<p>${text(sheet.note)}</p>`}
${sheet.rows.length === 0 ? `<p>${text(headings.none)}</p>` : differences(sheet)}
</html>
`;
}

function figures(rows: readonly [string, number][]): string {
  return rows.map(([label, count]) => `<tr><th scope="row">${text(label)}</th><td class="number">${count}</td></tr>`).join('');
}

/** All columns do not fit on paper: what belongs together stands in one. */
function differences({ columns, rows }: Sheet): string {
  const [number, kind, finding, place, file, recording, recorded, found, state, explanation] = columns;
  const head = [number, kind, finding, state].map((title) => `<th scope="col">${text(title ?? '')}</th>`).join('');
  const detail = (label: string | undefined, value: string | undefined) =>
    value === undefined || value === '' ? '' : `<small>${text(label ?? '')}: <code>${text(value)}</code></small>`;
  const body = rows.map(
    ([n, kindText, findingText, placeText, fileText, unit, expected, actual, stateText, why]) =>
      `<tr><td class="number">${text(n ?? '')}</td><td>${text(kindText ?? '')}</td><td>${text(findingText ?? '')}` +
      `${detail(place, placeText)}${detail(file, fileText)}${detail(recording, unit)}${detail(recorded, expected)}${detail(found, actual)}</td>` +
      `<td><b>${text(stateText ?? '')}</b>${why === undefined || why === '' ? '' : `<small>${text(explanation ?? '')}: ${text(why)}</small>`}</td></tr>`,
  );
  return `<table class="differences"><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

const STYLE = `
@page{size:A4;margin:16mm 14mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt "Noto Sans CJK SC",sans-serif;color:#475569}}
body{font:10.5pt/1.5 "Noto Sans SC","Noto Sans CJK SC",Inter,sans-serif;color:#0f172a;margin:0}
@media screen{body{max-width:60rem;margin:2rem auto;padding:0 1rem}}
h1{font-size:22pt;margin:0}h2{font-size:12pt;margin:5mm 0 1.5mm}
.verdict{border:2.5px solid #0f172a;border-radius:8px;padding:2.5mm 4mm;margin:4mm 0;font-size:15pt;font-weight:700}
table{border-collapse:collapse;width:100%}th,td{text-align:left;border-bottom:1px solid #cbd5e1;padding:1mm 2mm;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600}.facts th{width:11em;white-space:nowrap}.facts td{font-size:9pt}.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.figures{display:flex;gap:10mm}.figures>div{flex:1}
.sign{break-inside:avoid;margin-top:8mm;border:1px solid #0f172a;border-radius:8px;padding:4mm}
.sign p{margin:0 0 12mm}.sign div{display:flex;gap:8mm}.sign span{flex:1;border-top:1px solid #0f172a;padding-top:1mm}
.differences{table-layout:fixed;font-size:9pt}.differences th:nth-child(1){width:9mm}.differences th:nth-child(2){width:24mm}.differences th:nth-child(4){width:40mm}
.differences tr{break-inside:avoid}small{display:block;color:#334155;font-size:8pt}code{font-size:6.7pt}
@media print{.list{break-before:page}}
`;

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
