import { actorText } from '../../archive/index.ts';
import { done, failed } from '../../contract/errors.ts';
import { ACTION_KINDS } from '../../contract/notice.ts';
import type { CaseRow } from '../../contract/web/cases.ts';
import { type CaseListRow, findCase, holdCase, holdOf, importCases, listCases, listCatalogue, releaseCase } from '../../evidence/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { readCursor, sql, writeCursor } from '../../store/index.ts';
import { recordingRows } from './recording-rows.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

/** Recordings of one case that are shown at once. */
const MAX_OF_CASE = 500;

/** The list of cases, one case, and importing them. */
export function caseHandlers({ cases: os }: GuardedContract) {
  return {
    list: os.list.handler(async ({ context, input }) => {
      const only = input.search === '' ? null : await context.names.cases(input.search);
      const page = listCases(context.station.ledger.reader, {
        only,
        actionKind: input.actionKind,
        incomplete: input.incomplete,
        sort: input.sort,
        descending: input.descending,
        after: readCursor(input.cursor),
        limit: input.limit,
      });
      return { rows: page.rows.map((row) => named(context, row)), next: page.next ? writeCursor(page.next) : null, total: page.total };
    }),
    get: os.get.handler(({ context, input }) => {
      const { ledger } = context.station;
      const found = findCase(ledger.reader, input.id);
      if (!found) return failed('case.unknown', input.id);
      const linked = listCatalogue(ledger.reader, { filter: { caseId: input.id }, search: [], sort: 'oldest', cursor: null, limit: MAX_OF_CASE });
      return done({
        row: named(context, found),
        recordings: recordingRows(ledger, context.names, linked.rows),
        suggested: recordingRows(ledger, context.names, suggestedFor(context, input.id)),
      });
    }),
    hold: os.hold.handler(({ context, input }) => holdCase(holding(context), input.id, input.reason)),
    release: os.release.handler(({ context, input }) => releaseCase(holding(context), input.id)),
    import: os.import.handler(({ context, input }) => {
      const { ledger, identity, clock, policy } = context.station;
      const importing = { ledger, agencyId: identity.agencyId, zone: policy('camera-zone'), now: clock.now, actor: actorOf(context) };
      return importCases(importing, Buffer.from(input.contentBase64, 'base64'), input.name);
    }),
  };
}

function holding(context: WebContext) {
  const { ledger, clock } = context.station;
  return { ledger, now: clock.now, actor: actorOf(context) };
}

/** Who wanted a case's recordings kept, when and why; null when nobody does. */
function holdShown(ledger: Ledger, caseId: string): CaseRow['hold'] {
  const hold = holdOf(ledger.reader, caseId);
  if (!hold) return null;
  const reason = ledger.records.get('hold', hold.holdId)?.['reason'];
  return { at: hold.at, by: actorText(ledger, hold.by), reason: typeof reason === 'string' ? reason : null };
}

/** Recordings the station thinks may belong to the case, and that belong to none yet. */
function suggestedFor({ station }: WebContext, caseId: string) {
  return sql<Parameters<typeof recordingRows>[2][number]>(
    station.ledger.reader,
    'SELECT * FROM catalogue WHERE suggested_case_id = ? AND case_id IS NULL ORDER BY sort_at LIMIT 100',
  ).all(caseId);
}

function named({ names, station }: WebContext, row: CaseListRow): CaseRow {
  return {
    case: names.caseName(row.caseId),
    actionKind: row.actionKind,
    place: names.place(row.caseId),
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    officers: row.officerIds.map(names.person),
    recordings: row.recordings,
    recordingRule: ACTION_KINDS[row.actionKind].recording,
    missingStages: row.missingStages,
    hold: holdShown(station.ledger, row.caseId),
  };
}
