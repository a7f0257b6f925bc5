import { setImmediate } from 'node:timers/promises';
import type { CaseName, PersonName } from '../../contract/web/base.ts';
import type { SearchIds } from '../../evidence/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';

/** Names read into the index at once; others are served in between. */
const CHUNK = 500;

type Kind = 'person' | 'case';

/**
 * Names out of the private records, and which ids a word stands for. Names lie encrypted at rest and an erasure has to
 * take them away everywhere, so the index for searching is in memory only: made at the first search, kept up by the
 * ledger's tail.
 */
export function createNames(ledger: Ledger) {
  const index: Record<Kind, Map<string, string>> = { person: new Map(), case: new Map() };
  const unitOf = new Map<string, string>();
  let building: Promise<void> | null = null;

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
    if (kind === 'person') unitOf.set(id, text('person', id, 'unit') ?? '');
    index[kind].set(id, Object.values(fields).slice(1).join('\n').toLowerCase());
  }

  async function build(): Promise<void> {
    const people = sql<{ id: string }>(ledger.reader, 'SELECT person_id AS id FROM persons').all();
    const cases = sql<{ id: string }>(ledger.reader, 'SELECT case_id AS id FROM cases').all();
    const all = [...people.map(({ id }) => ({ kind: 'person' as const, id })), ...cases.map(({ id }) => ({ kind: 'case' as const, id }))];
    for (let at = 0; at < all.length; at += CHUNK) {
      for (const { kind, id } of all.slice(at, at + CHUNK)) read(kind, id);
      await setImmediate();
    }
  }

  const ready = () => {
    building ??= build();
    return building;
  };

  const stop = ledger.subscribe((entries) => {
    if (!building) return;
    for (const { subject, refs } of entries) for (const { kind, id } of [subject, ...refs]) if (kind === 'person' || kind === 'case') read(kind, id);
  });

  const holdingAll = async (kind: Kind, search: string) => {
    await ready();
    const words = wordsOf(search);
    return [...index[kind]].filter(([, names]) => words.every((word) => names.includes(word)));
  };

  const matching = (kind: Kind, word: string) => [...index[kind]].flatMap(([id, names]) => (names.includes(word) ? [id] : []));

  return {
    person,
    caseName,
    place: (caseId: string) => text('case', caseId, 'place'),
    /** Cases whose number or title holds every word. */
    async cases(search: string): Promise<string[]> {
      return (await holdingAll('case', search)).map(([id]) => id);
    },
    /** Officers whose number and name hold every word, by number. */
    async officers(search: string): Promise<string[]> {
      const found = await holdingAll('person', search);
      return found.sort(([, one], [, other]) => (one < other ? -1 : 1)).map(([id]) => id);
    },
    unit: (personId: string) => text('person', personId, 'unit'),
    /** Every unit that officers belong to, by name. */
    async units(): Promise<string[]> {
      await ready();
      return [...new Set(unitOf.values())].filter((unit) => unit !== '').sort(new Intl.Collator('zh-CN').compare);
    },
    /** The officers of a unit. */
    async officersOf(unit: string): Promise<string[]> {
      await ready();
      return [...unitOf].flatMap(([id, name]) => (name === unit ? [id] : []));
    },
    /** What the words of a search may stand for. */
    async search(search: string): Promise<SearchIds> {
      const words = wordsOf(search);
      if (words.length > 0) await ready();
      return words.map((word) => ({
        officers: matching('person', word),
        cases: matching('case', word),
        cameras: sql<{ camera_id: string }>(
          ledger.reader,
          'SELECT camera_id FROM cameras WHERE same_as IN (SELECT same_as FROM cameras WHERE instr(lower(serial), ?) > 0)',
        )
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
  return [...new Set(search.toLowerCase().split(/\s+/))].filter((word) => word !== '');
}
