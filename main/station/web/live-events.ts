import { setTimeout } from 'node:timers/promises';
import type { Entry } from '../../contract/entries/index.ts';
import type { LiveEvent, PortCard } from '../../contract/web/wall.ts';

/** Progress of a port is told at most this often, ms. */
const PORT_INTERVAL_MS = 250;
/** How often the ports are looked at, ms; a change shows after this at the latest. */
const LOOK_MS = 100;
/** A listener is told that the station is there at least this often, ms. */
const BEAT_MS = 10_000;
/** Ledger entries kept for a slow listener; beyond it they are dropped, `n` jumps, and the listener reads again. */
const MAX_QUEUED_ENTRIES = 2000;

type Work = Extract<LiveEvent, { event: 'work' }>['work'];

type Source = {
  cards(): PortCard[];
  head(): number;
  now(): string;
  /** How often there was something new to be seen of each kind of long work. */
  turns(): Record<Work, number>;
  subscribe(listener: (entries: readonly Entry[]) => void): () => void;
};

type WithoutN<T> = T extends unknown ? Omit<T, 'n'> : never;

/**
 * What one listener hears, for as long as it listens: a `hello`, then ports whose card changed (only the
 * newest card is kept for a listener that is slow), the ledger's tail, and a beat. Pulled, not pushed: a
 * listener that stops reading costs its queue and nothing else.
 */
export async function* liveEvents(source: Source, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  let n = 0;
  const numbered = (event: WithoutN<LiveEvent>) => ({ ...event, n: ++n }) as LiveEvent;
  const told = new Map<number, { text: string; state: PortCard['state']; atMs: number }>();
  let entries: Extract<LiveEvent, { event: 'ledger' }>['entries'] = [];
  const stopListening = source.subscribe((added) => {
    if (entries.length + added.length > MAX_QUEUED_ENTRIES) {
      entries = [];
      n += 1;
    }
    entries.push(
      ...added.map(({ seq, type, subject }) => ({ seq, type, subject: subject.kind === 'person' ? { kind: 'person', id: '' } : subject })),
    );
  });
  let turns = source.turns();
  let lastBeat = performance.now();
  try {
    yield numbered({ event: 'hello', head: source.head(), stationTime: source.now() });
    while (!signal.aborted) {
      for (const card of source.cards()) {
        const text = JSON.stringify(card);
        const former = told.get(card.port);
        if (former?.text === text) continue;
        // A new state is told at once; only progress has to wait its turn.
        if (former?.state === card.state && performance.now() - former.atMs < PORT_INTERVAL_MS) continue;
        told.set(card.port, { text, state: card.state, atMs: performance.now() });
        yield numbered({ event: 'port', card });
      }
      if (entries.length > 0) {
        const batch = entries;
        entries = [];
        yield numbered({ event: 'ledger', entries: batch });
      }
      const now = source.turns();
      for (const work of Object.keys(now) as Work[]) {
        if (now[work] !== turns[work]) yield numbered({ event: 'work', work });
      }
      turns = now;
      if (performance.now() - lastBeat > BEAT_MS) {
        lastBeat = performance.now();
        yield numbered({ event: 'beat', stationTime: source.now() });
      }
      await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    stopListening();
  }
}
