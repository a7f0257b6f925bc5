import { v7 as uuidv7 } from 'uuid';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { Stage } from '../../contract/notice.ts';
import { idsOfCamera } from '../../dock/index.ts';
import { catalogueRow, listCatalogue, markUnit, type SetLink, setLinks, unmarkUnit } from '../../evidence/index.ts';
import { entriesAbout, latestEntry } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { custodyOf } from './custody-entries.ts';
import { choicesOf } from './recording-choices.ts';
import { detailOf } from './recording-detail.ts';
import { recordingRows } from './recording-rows.ts';
import { dropView, keepView, viewsOf } from './saved-views.ts';
import { suggestionsFor } from './suggestions.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

/** Lists, details, opening and linking of recordings. */
export function recordingHandlers({ recordings: os }: GuardedContract) {
  return {
    list: os.list.handler(async ({ context, input }) => {
      const { ledger } = context.station;
      const { search = '', cameraId, unit, ...plain } = input.filter;
      const filter = {
        ...plain,
        ...(cameraId !== undefined && { cameraIds: idsOfCamera(ledger, cameraId) }),
        ...(unit !== undefined && { officerIds: await context.names.officersOf(unit) }),
      };
      const page = listCatalogue(ledger.reader, { ...input, filter, search: await context.names.search(search) });
      return { ...page, rows: recordingRows(ledger, context.names, page.rows) };
    }),
    officers: os.officers.handler(({ context, input }) => choicesOf(context, 'officer', input)),
    cameras: os.cameras.handler(({ context, input }) => choicesOf(context, 'camera', input)),
    cases: os.cases.handler(({ context, input }) => choicesOf(context, 'case', input)),
    units: os.units.handler(({ context }) => context.names.units()),
    views: os.views.handler(({ context }) => viewsOf(context)),
    keepView: os.keepView.handler(({ context, input }) => keepView(context, input)),
    dropView: os.dropView.handler(({ context, input }) => dropView(context, input.name)),
    get: os.get.handler(({ context, input }) => detailOf(context, input.id)),
    custody: os.custody.handler(({ context, input }) => {
      const { ledger } = context.station;
      if (!catalogueRow(ledger.reader, input.id)) return failed('unit.unknown', input.id);
      return done(custodyOf(context, unitHistory(context, input.id)));
    }),
    view: os.view.handler(async ({ context, input }) => openForViewing(context, input.id, input.reason)),
    mark: os.mark.handler(({ context, input: { id, ...mark } }) => markUnit(marking(context), { unitId: id, ...mark })),
    unmark: os.unmark.handler(({ context, input }) => unmarkUnit(marking(context), input.id, input.markId)),
    link: os.link.handler(async ({ context, input }) => {
      const changes = input.recordings.map((recording) => ({ recording, caseId: input.caseId, stage: input.stage }));
      const applied = await applyLinks(context, changes);
      if (!applied.ok) return applied;
      const changed = applied.value.filter((one) => one.changed);
      const undo = changed.map(({ unitId, former }) => ({ recording: unitId, caseId: former?.caseId ?? null, stage: former?.stage ?? null }));
      return done({ linked: changed.length, unchanged: changes.length - changed.length, undo });
    }),
    relink: os.relink.handler(async ({ context, input }) => {
      const applied = await applyLinks(context, input.links);
      return applied.ok ? done({ changed: applied.value.filter((one) => one.changed).length }) : applied;
    }),
    suggest: os.suggest.handler(({ context, input }) => suggestionsFor(context, input.recordings, input.search)),
  };
}

/** Puts the reason on the ledger, then lets this session play the recording. */
async function openForViewing(context: WebContext, unitId: string, reason: string): Promise<Result<{ seq: number }>> {
  const { ledger, clock } = context.station;
  if (!catalogueRow(ledger.reader, unitId)) return failed('unit.unknown', unitId);
  const items = sql<{ item_id: string }>(ledger.reader, 'SELECT item_id FROM unit_items WHERE unit_id = ? ORDER BY n').all(unitId);
  const viewId = uuidv7();
  const [entry] = await ledger.append(
    [
      {
        type: 'item.viewed',
        subject: { kind: 'unit', id: unitId },
        refs: items.map((row) => ({ kind: 'item' as const, id: row.item_id, role: 'viewed' })),
        actor: actorOf(context),
        at: clock.now(),
        body: { viewId },
      },
    ],
    [{ kind: 'view', id: viewId, data: { reason } }],
  );
  if (!entry || !context.session) throw new Error('an append returned nothing');
  context.sessions.open(context.session, unitId);
  return done({ seq: entry.seq });
}

function marking(context: WebContext) {
  const { ledger, clock } = context.station;
  return { ledger, now: clock.now, actor: actorOf(context) };
}

type Change = { recording: string; caseId: string | null; stage: Stage | null };

/** All of them or, when one names what is not there, none. */
async function applyLinks(context: WebContext, changes: readonly Change[]): Promise<Result<SetLink[]>> {
  const { ledger, clock } = context.station;
  for (const { recording, caseId } of changes) {
    if (!catalogueRow(ledger.reader, recording)) return failed('unit.unknown', recording);
    if (caseId !== null && !latestEntry(ledger.reader, 'case.imported', caseId)) return failed('case.unknown', caseId);
  }
  return done(
    await setLinks(
      { ledger, now: clock.now, actor: actorOf(context) },
      changes.map(({ recording, caseId, stage }) => ({ unitId: recording, link: caseId === null ? null : { caseId, stage } })),
    ),
  );
}

/** Entries about a unit and about its items, in order. */
function unitHistory({ station }: WebContext, unitId: string) {
  const { reader } = station.ledger;
  const items = sql<{ item_id: string }>(reader, 'SELECT item_id FROM unit_items WHERE unit_id = ? ORDER BY n').all(unitId);
  const found = [entriesAbout(reader, 'unit', unitId), ...items.map((row) => entriesAbout(reader, 'item', row.item_id))].flat();
  return [...new Map(found.map((entry) => [entry.seq, entry])).values()].sort((a, b) => a.seq - b.seq);
}
