import type { RecordingChoice, RecordingChoices } from '../../contract/web/recordings.ts';
import { listCases } from '../../evidence/index.ts';
import { sql } from '../../store/index.ts';
import { serialOf } from './recording-rows.ts';
import type { WebContext } from './web-context.ts';

/** Listed at once; a word finds the others. */
const MAX_LISTED = 50;

type Kind = 'officer' | 'camera' | 'case';

/**
 * Officers, cameras or cases that a list of recordings can be narrowed to. However many there are, only what is listed is read
 * out of the private records.
 */
export async function choicesOf(
  context: WebContext,
  kind: Kind,
  { search, chosen }: { search: string; chosen?: string | undefined },
): Promise<RecordingChoices> {
  const ids = search === '' ? ofNewest(context, kind) : await found(context, kind, search);
  const named = (id: string) => ({ id, ...wordsOf(context, kind, id) });
  return { rows: ids.slice(0, MAX_LISTED).map(named), more: ids.length > MAX_LISTED, chosen: chosen === undefined ? null : named(chosen) };
}

function wordsOf({ station, names }: WebContext, kind: Kind, id: string): Omit<RecordingChoice, 'id'> {
  if (kind === 'camera') return { name: serialOf(station.ledger, id) || null, detail: null };
  if (kind === 'case') {
    const { number, title } = names.caseName(id);
    return { name: number, detail: title };
  }
  const { name, number } = names.person(id);
  return { name, detail: [number, names.unit(id)].filter((part) => part !== null).join(' · ') || null };
}

const COLUMNS = { officer: 'officer_id', camera: 'camera_id', case: 'case_id' } as const satisfies Record<Kind, string>;

/** Those of the newest recordings, each once, the newest first: who has typed nothing yet most likely looks for one of them. */
function ofNewest({ station }: WebContext, kind: Kind): string[] {
  const { reader } = station.ledger;
  const rows = sql<Record<(typeof COLUMNS)[Kind], string | null>>(
    reader,
    'SELECT officer_id, camera_id, case_id FROM catalogue ORDER BY sort_at DESC LIMIT 500',
  ).all();
  const ids = [...new Set(rows.flatMap((row) => row[COLUMNS[kind]] ?? []))];
  if (kind !== 'camera') return ids;
  const merged = sql<{ same_as: string }>(reader, 'SELECT same_as FROM cameras WHERE camera_id = ?');
  return [...new Set(ids.map((id) => merged.get(id)?.same_as ?? id))];
}

/** Those that hold every word; of cases the newest first. One more than is listed, when there are more. */
async function found({ station, names }: WebContext, kind: Kind, search: string): Promise<string[]> {
  const { reader } = station.ledger;
  const limit = MAX_LISTED + 1;
  if (kind === 'officer') return names.officers(search);
  if (kind === 'case') {
    const only = await names.cases(search);
    const newest = { sort: 'start', descending: true, after: null, limit, actionKind: undefined, incomplete: undefined } as const;
    return listCases(reader, { only, ...newest }).rows.map((row) => row.caseId);
  }
  return sql<{ id: string }>(
    reader,
    'SELECT same_as AS id FROM cameras WHERE instr(lower(serial), ?) > 0 GROUP BY same_as ORDER BY min(serial) LIMIT ?',
  )
    .all(search.toLowerCase(), limit)
    .map((row) => row.id);
}
