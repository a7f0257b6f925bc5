import type { RecordedArchiveResult } from '../contract/api/archive.ts';
import { ArchiveClass, type ArchiveDifference } from '../contract/archive-difference.ts';
import { ACTIONS, ARCHIVE_CLASSES, CAUSES } from '../contract/archive-words.ts';
import { ARCHIVE_WORDS } from './archive-words.ts';
import { type Sheet, spanText, timeText } from './sheet.ts';
import { type Language, WORDS } from './words.ts';

/** A reconciliation of all stations of an archive as it is put on paper. */
export type ArchiveSheetInput = {
  recorded: RecordedArchiveResult;
  /** Who compared; null when the name has been erased. */
  by: string | null;
  /** When this was put on paper, and the newest ledger entry then. */
  exportedAt: string;
  head: { seq: number; hash: string };
  /** Time zone that times are written in. */
  zone: string;
};

const HOUR_MS = 3_600_000;

export function archiveSheetOf(input: ArchiveSheetInput, language: Language): Sheet {
  const { content, sha256, seq } = input.recorded;
  const { zone } = input;
  const say = (key: keyof typeof WORDS) => WORDS[key][language];
  const tell = (key: keyof typeof ARCHIVE_WORDS) => ARCHIVE_WORDS[key][language];
  const { counts, differences } = content;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    language,
    title: tell('title'),
    verdict:
      counts.differs > 0
        ? say('mismatch')
        : all > content.explained
          ? tell('open').replace('{n}', String(all - content.explained))
          : say(content.waiting > 0 ? 'waitingOnly' : 'reconciled'),
    facts: [
      [say('destination'), content.destination.name],
      [tell('comparedAt'), `${content.station.code} (${content.station.id})`],
      [say('ran'), `${spanText(content.startedAt, content.endedAt, zone, language)} (${zone})`],
      [say('ranBy'), input.by ?? say('erased')],
      [tell('extent'), content.since === null ? tell('whole') : tell('sinceClean').replace('{id}', content.since)],
      [say('entry'), String(seq)],
      [say('result'), sha256],
      [say('exported'), timeText(input.exportedAt, zone)],
      [say('head'), `${input.head.seq} ${input.head.hash}`],
    ],
    counts: [
      [tell('stations'), content.stations],
      [tell('originals'), content.items],
      [say('same'), content.same],
      [say('waiting'), content.waiting],
      [tell('read'), content.read],
      [say('explainedCount'), content.explained],
      ...(content.since === null ? [] : [[tell('unchanged'), content.unchanged] satisfies [string, number]]),
    ],
    classes: ArchiveClass.options.map((name) => [ARCHIVE_CLASSES[name][language], counts[name]]),
    columns: [
      say('number'),
      say('class'),
      say('finding'),
      say('place'),
      tell('original'),
      say('recording'),
      tell('expected'),
      tell('found'),
      tell('action'),
      tell('since'),
    ],
    rows: differences.map((one, n) => rowOf(one, n, input, language)),
    note: differences.length < all ? say('cutShort').replace('{listed}', String(differences.length)).replace('{all}', String(all)) : null,
    headings: { summary: say('summary'), figures: say('figures'), byClass: say('byClass'), differences: say('differences'), none: say('none') },
    statement: say('statement'),
    lines: [say('name'), say('signature'), say('date')],
    resultSha256: sha256,
  };
}

function rowOf(one: ArchiveDifference, n: number, { recorded, zone }: ArchiveSheetInput, language: Language): string[] {
  const hours = one.since === null ? null : Math.max(0, Math.floor((Date.parse(recorded.content.startedAt) - Date.parse(one.since)) / HOUR_MS));
  const age = one.since === null || hours === null ? '' : `${timeText(one.since, zone)} (${hours} h)`;
  return [
    String(n + 1),
    ARCHIVE_CLASSES[one.class][language],
    CAUSES[one.cause][language],
    one.key ?? one.stationId,
    one.itemId ?? one.dockingId ?? '',
    one.unitId ?? '',
    one.expected ?? '',
    one.found ?? '',
    one.explanationId === null ? ACTIONS[one.action][language] : WORDS.isExplained[language],
    age,
  ];
}
