import type { Entry } from '../../contract/entries/index.ts';
import type { CustodyEntry } from '../../contract/web/recordings.ts';
import { entriesAbout, hashCanonical, type SealedBytes } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { serialOf } from './recording-rows.ts';
import type { WebContext } from './web-context.ts';

/** Entries as the material of sentences: who, what, and the names that the ledger itself must not hold. */
export function custodyOf(context: WebContext, entries: readonly Entry[]): CustodyEntry[] {
  const { reader } = context.station.ledger;
  const canonical = sql<SealedBytes>(reader, 'SELECT canonical, hash FROM entries WHERE seq = ?');
  return entries.map((entry) => {
    const sealed = canonical.get(entry.seq);
    if (!sealed || hashCanonical(sealed.canonical) !== sealed.hash) throw new Error(`entry ${entry.seq} does not match its hash`);
    return { seq: entry.seq, at: entry.at, type: entry.type, actor: actorNamed(context, entry), facts: factsOf(context, entry), ...sealed };
  });
}

function actorNamed({ names }: WebContext, { actor }: Entry): CustodyEntry['actor'] {
  if (actor.kind !== 'person') return { kind: actor.kind, name: actor.id };
  const { name, number } = names.person(actor.id);
  return { kind: actor.kind, name: [name, number].filter((part) => part !== null).join(' ') };
}

function factsOf(context: WebContext, entry: Entry): CustodyEntry['facts'] {
  const { ledger } = context.station;
  const ref = (kind: string) => entry.refs.find((one) => one.kind === kind)?.id ?? null;
  const camera = ref('camera');
  const facts: CustodyEntry['facts'] = camera === null ? {} : { camera: serialOf(ledger, camera) };
  if (entry.subject.kind === 'item') {
    const path = ledger.records.get('item', entry.subject.id)?.['path'];
    Object.assign(facts, { itemId: entry.subject.id, path: typeof path === 'string' ? path : null });
  }
  switch (entry.type) {
    case 'unit.linked':
    case 'link.suggested':
      return { ...facts, case: context.names.caseName(entry.body.caseId).number, ...plain(entry.body) };
    case 'unit.unlinked': {
      const former = ref('case');
      return { ...facts, case: former === null ? null : context.names.caseName(former).number };
    }
    case 'unit.marked':
      return { ...facts, ...plain(entry.body), ...markedAs(context, entry) };
    case 'unit.unmarked':
      return { ...facts, ...markedAs(context, entry) };
    case 'item.viewed': {
      const reason = ledger.records.get('view', entry.body.viewId)?.['reason'];
      return { ...facts, reason: typeof reason === 'string' ? reason : null };
    }
    case 'difference.explained': {
      const reason = ledger.records.get('explanation', entry.body.explanationId)?.['reason'];
      const { destinationId } = entry.body;
      const destination = destinationId === null ? null : destinationName(context, destinationId);
      return { ...facts, ...plain(entry.body), destination, reason: typeof reason === 'string' ? reason : null };
    }
    case 'forward.intended':
    case 'forward.done':
    case 'forward.failed':
    case 'retention.extended':
      return { ...facts, destination: destinationName(context, entry.body.destinationId), ...plain(entry.body) };
    default:
      return { ...facts, ...plain(entry.body) };
  }
}

/** What a mark that is made or taken back says, and on which file. */
function markedAs({ station }: WebContext, entry: Entry<'unit.marked' | 'unit.unmarked'>): CustodyEntry['facts'] {
  const { reader, records } = station.ledger;
  const { markId } = entry.body;
  const made = entriesAbout(reader, 'unit', entry.subject.id).find((one) => one.type === 'unit.marked' && one.body.markId === markId);
  if (made?.type !== 'unit.marked') throw new Error(`mark ${markId} was never made`);
  const words = records.get('mark', markId)?.['words'];
  const path = records.get('item', made.body.itemId)?.['path'];
  const orNull = (value: unknown) => (typeof value === 'string' ? value : null);
  return { kind: made.body.kind, offsetMs: made.body.offsetMs, words: orNull(words), path: orNull(path) };
}

/** The plain values of a body; lists and objects as how many they hold. */
function plain(body: object): CustodyEntry['facts'] {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => {
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [key, value];
      return [key, Array.isArray(value) ? value.length : null];
    }),
  );
}

function destinationName({ station }: WebContext, id: string): string {
  return sql<{ name: string }>(station.ledger.reader, 'SELECT name FROM destinations WHERE id = ?').get(id)?.name ?? id;
}
