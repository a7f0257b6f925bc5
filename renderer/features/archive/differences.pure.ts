import type { Difference } from '../../../main/contract/api/archive.ts';
import type { ArchiveClass } from '../../../main/contract/archive-difference.ts';
import type { ErrorCode } from '../../../main/contract/errors.ts';

const WAITING: ErrorCode = 'clear.no-receipt';
export const STATES = ['open', 'explained', 'waiting'] as const;
export type DifferenceState = (typeof STATES)[number];

/** What is shown of which reconciliation, as the address says it; null and '' leave nothing out. */
export type Shown = { run: string | null; code: string | null; state: DifferenceState | null; search: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What is shown of which reconciliation of all stations, in the same way. */
export type ShownOfAll = { run: string | null; class: ArchiveClass | null; station: string | null; search: string };

const CLASSES: readonly ArchiveClass[] = ['missing', 'differs', 'extra', 'duplicate', 'late', 'unlinked', 'unreadable'];

function textIn(search: Record<string, unknown>): (key: string) => string {
  return (key) => (typeof search[key] === 'string' || typeof search[key] === 'number' ? String(search[key]).slice(0, 100) : '');
}

function uuidOr(text: string): string | null {
  return UUID.test(text) ? text : null;
}

/** What an address asks to show; what it does not understand is left out, so that an old link never breaks the page. */
export function readAddress(search: Record<string, unknown>): Shown {
  const text = textIn(search);
  return {
    run: uuidOr(text('run')),
    code: text('code') === '' ? null : text('code'),
    state: STATES.find((one) => one === text('state')) ?? null,
    search: text('search'),
  };
}

/** The same for all stations. */
export function readAddressOfAll(search: Record<string, unknown>): ShownOfAll {
  const text = textIn(search);
  return {
    run: uuidOr(text('run')),
    class: CLASSES.find((one) => one === text('class')) ?? null,
    station: uuidOr(text('station')),
    search: text('search'),
  };
}

/** The address of what is shown, without what leaves nothing out. */
export function addressOf(shown: Shown | ShownOfAll): Record<string, string> {
  return Object.fromEntries(Object.entries(shown).filter((part): part is [string, string] => part[1] !== null && part[1] !== ''));
}

export function stateOf({ code, explanation }: Difference): DifferenceState {
  if (explanation !== null) return 'explained';
  return code === WAITING ? 'waiting' : 'open';
}

/** The differences that are of the class and in the state, and hold every word of the search somewhere. */
export function shownOf(differences: readonly Difference[], { code, state, search }: Shown): Difference[] {
  const words = search.toLowerCase().split(/\s+/);
  return differences.filter((one) => {
    if (code !== null && one.code !== code) return false;
    if (state !== null && stateOf(one) !== state) return false;
    const text = [
      one.code,
      one.what,
      one.file,
      one.unitId,
      one.itemId,
      one.expectedSha256,
      one.foundSha256,
      one.explanation?.reason,
      one.explanation?.by,
    ];
    const all = text.join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Which classes there are, most frequent first, with how many differences each has; what waits is a state, not a class. */
export function countByCode(differences: readonly Pick<Difference, 'code'>[]): { code: ErrorCode; count: number }[] {
  const counts = new Map<ErrorCode, number>();
  for (const { code } of differences) if (code !== WAITING) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, count })).sort((one, other) => other.count - one.count);
}

/** Which states there are, with how many differences are in each. */
export function countByState(differences: readonly Difference[]): { state: DifferenceState; count: number }[] {
  return STATES.map((state) => ({ state, count: differences.filter((one) => stateOf(one) === state).length })).filter(({ count }) => count > 0);
}
