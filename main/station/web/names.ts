import type { CaseName, PersonName } from '../../contract/web/base.ts';
import type { SearchIds } from '../../evidence/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';

/** A word matches at most this many people, cases or cameras; beyond it, it says nothing about anybody. */
const MAX_MATCHES = 500;

type Kind = 'person' | 'case';

/**
 * Names out of the private records, and which ids a word stands for. Names lie encrypted at rest and an erasure has to
 * take them away everywhere, so the index for searching is in memory only: made at the first search, kept up by the
 * ledger's tail.
 */
export function createNames(ledger: Ledger) {
  const index: Record<Kind, Map<string, string>> = { person: new Map(), case: new Map() };
  let built = false;

  const text = (kind: Kind, id: string, field: string): string | null => {
    const value = ledger.records.get(kind, id)?.[field];
    return typeof value === 'string' && value !== '' ? value : null;
  };

  function person(id: string): PersonName {
    return { id, number: text('person', id, 'number'), name: text('person', id, 'name') };
  }

  function caseName(id: string): CaseName {
    return { id, number: text('case', id, 'number'), title: text('case', id, 'title') };
  }

  function read(kind: Kind, id: string): void {
    const fields = kind === 'person' ? person(id) : caseName(id);
    index[kind].set(id, Object.values(fields).slice(1).join('\n').toLowerCase());
  }

  function build(): void {
    for (const row of sql<{ person_id: string }>(ledger.reader, 'SELECT person_id FROM persons').all()) read('person', row.person_id);
    for (const row of sql<{ case_id: string }>(ledger.reader, 'SELECT case_id FROM cases').all()) read('case', row.case_id);
    built = true;
  }

  const stop = ledger.subscribe((entries) => {
    if (!built) return;
    for (const { subject } of entries) if (subject.kind === 'person' || subject.kind === 'case') read(subject.kind, subject.id);
  });

  function matching(kind: Kind, word: string): string[] {
    const found: string[] = [];
    for (const [id, names] of index[kind]) {
      if (names.includes(word)) found.push(id);
      if (found.length >= MAX_MATCHES) break;
    }
    return found;
  }

  return {
    person,
    caseName,
    place: (caseId: string) => text('case', caseId, 'place'),
    /** Cases whose number or title holds every word. */
    cases(search: string): string[] {
      if (!built) build();
      const words = wordsOf(search);
      return [...index.case].filter(([, names]) => words.every((word) => names.includes(word))).map(([id]) => id);
    },
    /** What the words of a search may stand for. */
    search(search: string): SearchIds {
      if (!built) build();
      return wordsOf(search).map((word) => ({
        officers: matching('person', word),
        cases: matching('case', word),
        cameras: sql<{ camera_id: string }>(ledger.reader, `SELECT camera_id FROM cameras WHERE instr(lower(serial), ?) > 0 LIMIT ${MAX_MATCHES}`)
          .all(word)
          .map((row) => row.camera_id),
        idPrefix: /^[0-9a-f]{8}[0-9a-f-]{0,28}$/.test(word) ? word : null,
      }));
    },
    close: stop,
  };
}
export type Names = ReturnType<typeof createNames>;

function wordsOf(search: string): string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
