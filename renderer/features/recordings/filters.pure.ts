import type { RecordingFilter, RecordingSort } from '../../../main/contract/web/recordings.ts';

/** What a list shows and in which order. */
export type ListView = Pick<Shown, 'filter' | 'sort'>;

type Shown = { filter: RecordingFilter; sort: RecordingSort; selected: string | null };

const KINDS = ['recording', 'loose', 'docking'] as const;
const STAGE_NAMES = ['start', 'investigation', 'decision', 'service-and-execution'] as const;
const DEADLINES = ['on-time', 'late', 'undetermined'] as const;
const SORTS = ['newest', 'oldest', 'longest', 'shortest', 'largest', 'smallest'] as const satisfies RecordingSort[];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LOCAL = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/;

/** What an address asks the list to show; what it does not understand is left out, so that an old link never breaks the page. */
export function readAddress(search: Record<string, unknown>): Shown {
  const oneOf = <T extends string>(key: string, allowed: readonly T[]) => allowed.find((one) => one === search[key]);
  const like = (key: string, form: RegExp) => (typeof search[key] === 'string' && form.test(search[key]) ? search[key] : undefined);
  const yes = (key: string) => (typeof search[key] === 'boolean' ? search[key] : undefined);
  // A number that was typed comes out of the address as one.
  const words = typeof search['search'] === 'string' || typeof search['search'] === 'number' ? String(search['search']).slice(0, 100) : undefined;
  const unit = typeof search['unit'] === 'string' || typeof search['unit'] === 'number' ? String(search['unit']).trim().slice(0, 100) : undefined;
  const filter: RecordingFilter = {
    kind: oneOf('kind', KINDS),
    officerId: like('officerId', UUID),
    unit: unit === '' ? undefined : unit,
    cameraId: like('cameraId', UUID),
    caseId: like('caseId', UUID),
    dockingId: like('dockingId', UUID),
    stage: oneOf('stage', STAGE_NAMES),
    deadline: oneOf('deadline', DEADLINES),
    damaged: yes('damaged'),
    linked: yes('linked'),
    archived: yes('archived'),
    from: like('from', LOCAL),
    to: like('to', LOCAL),
    search: words === '' ? undefined : words,
  };
  return { filter: withoutAbsent(filter), sort: oneOf('sort', SORTS) ?? 'newest', selected: like('selected', UUID) ?? null };
}

/** A filter without keys that have no value. */
export function withoutAbsent<T extends object>(filter: T): T {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as T;
}

/** Whether two views show the same list, in whatever order their filters were chosen. */
export function isSameView(one: ListView, other: ListView): boolean {
  const text = ({ filter, sort }: ListView) =>
    JSON.stringify([sort, ...Object.entries(withoutAbsent(filter)).sort(([a], [b]) => a.localeCompare(b))]);
  return text(one) === text(other);
}
