import type { Difference, ReconcileReport } from '../contract/api/archive.ts';
import { differenceName } from '../contract/difference-name.ts';
import { errorText } from '../contract/error-texts.ts';
import { CLASSES, type Language, WORDS } from './words.ts';

/** A reconciliation as it is put on paper. */
export type SheetInput = {
  report: ReconcileReport;
  station: { id: string; code: string };
  /** When and by whom this was put on paper, and the newest ledger entry then: it covers the explanations too. */
  exportedAt: string;
  exportedBy: string | null;
  head: { seq: number; hash: string };
  /** Time zone that times are written in. */
  zone: string;
};

/** The words of a sheet in one language, laid out but not yet in any file format. */
export type Sheet = {
  language: Language;
  title: string;
  verdict: string;
  facts: [string, string][];
  counts: [string, number][];
  classes: [string, number][];
  columns: string[];
  rows: string[][];
  note: string | null;
  headings: { summary: string; figures: string; byClass: string; differences: string; none: string };
  statement: string;
  lines: string[];
  resultSha256: string;
};

export function sheetOf(input: SheetInput, language: Language): Sheet {
  const { report } = input;
  const say = (key: keyof typeof WORDS) => WORDS[key][language];
  const { same, missing, differs, extra, waiting, explained, open } = report;
  const listed = report.differences.length;
  const all = missing + differs + extra + waiting;
  return {
    language,
    title: say('title'),
    verdict: say(verdictOf(report)),
    facts: factsOf(input, language),
    counts: [
      [say('same'), same],
      [say('missing'), missing],
      [say('differs'), differs],
      [say('extra'), extra],
      [say('waiting'), waiting],
      [say('explainedCount'), explained],
      [say('openCount'), open],
    ],
    classes: report.classes.map(({ code, count }) => [CLASSES[code]?.[language] ?? code, count]),
    columns: (['number', 'class', 'finding', 'place', 'file', 'recording', 'recorded', 'found', 'state', 'explanation'] as const).map(say),
    rows: report.differences.map((one, n) => rowOf(one, n, input.zone, language)),
    note: listed < all ? say('cutShort').replace('{listed}', String(listed)).replace('{all}', String(all)) : null,
    headings: {
      summary: say('summary'),
      figures: say('figures'),
      byClass: say('byClass'),
      differences: say('differences'),
      none: say('none'),
    },
    statement: say('statement'),
    lines: [say('name'), say('signature'), say('date')],
    resultSha256: report.resultSha256,
  };
}

/** Bytes that differ outweigh everything: no explanation makes them what was recorded. */
function verdictOf({ hashMismatch, open, explained, waiting }: ReconcileReport): keyof typeof WORDS {
  if (hashMismatch) return 'mismatch';
  if (open > 0) return 'open';
  if (explained > 0) return 'explainedOnly';
  return waiting > 0 ? 'waitingOnly' : 'reconciled';
}

function factsOf(input: SheetInput, language: Language): [string, string][] {
  const { report, station, zone } = input;
  const say = (key: keyof typeof WORDS) => WORDS[key][language];
  const span = (from: string, to: string) => spanText(from, to, zone, language);
  const facts: [string, string][] = [
    [say('station'), `${station.code} (${station.id})`],
    [say('destination'), report.destination ?? '—'],
    [say('ran'), `${span(report.startedAt, report.endedAt)} (${zone})`],
    [say('ranBy'), report.by ?? say('erased')],
    [say('covers'), report.itemsFrom === null || report.itemsTo === null ? '—' : span(report.itemsFrom, report.itemsTo)],
    [say('entry'), `${report.entry.seq} ${report.entry.hash}`],
    [say('result'), report.resultSha256],
    [say('exported'), `${timeText(input.exportedAt, zone)} ${input.exportedBy ?? ''}`.trimEnd()],
    [say('head'), `${input.head.seq} ${input.head.hash}`],
  ];
  if (report.source !== null) facts.splice(2, 0, [say('source'), report.source]);
  return facts;
}

function rowOf(one: Difference, n: number, zone: string, language: Language): string[] {
  const say = (key: keyof typeof WORDS) => WORDS[key][language];
  const { explanation } = one;
  const state = explanation !== null ? 'isExplained' : one.code === 'clear.no-receipt' ? 'isWaiting' : 'isOpen';
  const why =
    explanation === null ? '' : `${explanation.reason ?? say('erased')} — ${explanation.by ?? say('erased')} ${timeText(explanation.at, zone)}`;
  return [
    String(n + 1),
    CLASSES[one.code]?.[language] ?? one.code,
    errorText(one.code, differenceName(one), language),
    one.what,
    one.file ?? '',
    one.unitId ?? '',
    one.expectedSha256 ?? '',
    one.foundSha256 ?? '',
    say(state),
    why,
  ];
}

/** From one instant to another, in a zone. */
export function spanText(from: string, to: string, zone: string, language: Language): string {
  return WORDS.span[language].replace('{from}', () => timeText(from, zone)).replace('{to}', () => timeText(to, zone));
}

/** An instant in a zone, as `2026-03-02 14:03:12`. */
export function timeText(at: string, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date(at));
}
