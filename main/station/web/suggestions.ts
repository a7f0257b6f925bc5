import type { CaseName } from '../../contract/web/base.ts';
import { sql } from '../../store/index.ts';
import type { WebContext } from './web-context.ts';

type Suggestion = { case: CaseName; reason: 'officer-and-time' | 'officer' | 'recent' | 'search' };

/** Cases offered; more than fit on a screen help nobody. */
const MAX_SUGGESTED = 12;

/**
 * Cases that recordings may belong to. With a search, what it finds; without, those the ledger suggests by officer and
 * time, then the officers' own newest, then the newest of all. Each case once, by its best reason.
 */
export async function suggestionsFor({ station, names }: WebContext, recordings: readonly string[], search: string): Promise<Suggestion[]> {
  const { reader } = station.ledger;
  const ids = JSON.stringify(recordings);
  const caseIds = (text: string, ...values: unknown[]) =>
    sql<{ case_id: string }>(reader, text)
      .all(...values)
      .map((row) => row.case_id);
  if (search !== '') {
    const found = caseIds(
      `SELECT case_id FROM cases WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY coalesce(started_at, '') DESC LIMIT ${MAX_SUGGESTED}`,
      JSON.stringify(await names.cases(search)),
    );
    return found.map((id) => ({ case: names.caseName(id), reason: 'search' }));
  }
  const byReason = {
    'officer-and-time': caseIds(
      'SELECT case_id FROM link_suggestions WHERE unit_id IN (SELECT value FROM json_each(?)) GROUP BY case_id ORDER BY count(*) DESC',
      ids,
    ),
    officer: caseIds(
      `SELECT DISTINCT c.case_id FROM cases c JOIN case_officers o USING (case_id) WHERE o.person_id IN (
         SELECT officer_id FROM catalogue WHERE unit_id IN (SELECT value FROM json_each(?))) ORDER BY coalesce(c.started_at, '') DESC LIMIT ${MAX_SUGGESTED}`,
      ids,
    ),
    recent: caseIds(`SELECT case_id FROM cases ORDER BY coalesce(started_at, '') DESC, imported_seq DESC LIMIT ${MAX_SUGGESTED}`),
  };
  const best = new Map<string, Suggestion['reason']>();
  for (const reason of ['officer-and-time', 'officer', 'recent'] as const) {
    for (const id of byReason[reason]) if (!best.has(id)) best.set(id, reason);
  }
  return [...best].slice(0, MAX_SUGGESTED).map(([id, reason]) => ({ case: names.caseName(id), reason }));
}
