import type { LiveEvent, PortCard } from '../../main/contract/web/wall.ts';
import { api, client, queryClient } from '../api/client.ts';
import { connection, setConnection } from '../api/connection.ts';
import { backOffMs, missedSomething, staleFamilies, withCards } from './live.pure.ts';

/** A break this short is not worth a word. */
const SAY_LOST_AFTER_MS = 3000;
/** The station beats more often than this; a silent stream is a dead one. */
const SILENCE_MS = 25_000;
/** 32 ports tell of themselves four times a second each; the wall is drawn at most this often. */
const DRAW_EVERY_MS = 100;
/** Entries come in bursts while cameras are copied. */
const ASK_AGAIN_EVERY_MS = 500;

/** Listens to the station until stopped: one stream for the whole window, made again whenever it breaks. */
export function startLive(): () => void {
  const stop = new AbortController();
  void listen(stop.signal);
  return () => stop.abort();
}

async function listen(stopped: AbortSignal): Promise<void> {
  let failures = 0;
  let saying: ReturnType<typeof setTimeout> | null = null;
  while (!stopped.aborted) {
    saying ??= setTimeout(() => setConnection({ state: 'lost' }), SAY_LOST_AFTER_MS);
    const heard = await follow(stopped, () => {
      if (saying !== null) clearTimeout(saying);
      saying = null;
      setConnection({ state: 'live' });
    });
    failures = heard ? 1 : failures + 1;
    if (!stopped.aborted) await pause(backOffMs(failures) * (0.8 + Math.random() * 0.4), stopped);
  }
  if (saying !== null) clearTimeout(saying);
}

/** Follows one connection to its end; tells whether it brought anything. Never throws: a broken stream is expected. */
async function follow(stopped: AbortSignal, onFirst: () => void): Promise<boolean> {
  const broken = new AbortController();
  const signal = AbortSignal.any([stopped, broken.signal]);
  let last: number | null = null;
  let silence = setTimeout(() => broken.abort(), SILENCE_MS);
  try {
    for await (const event of await client.wall.events(undefined, { signal })) {
      clearTimeout(silence);
      silence = setTimeout(() => broken.abort(), SILENCE_MS);
      if (last === null) onFirst();
      if (missedSomething(last, event)) void queryClient.invalidateQueries();
      last = event.n;
      take(event);
    }
  } catch {
    // The station restarts, a cable is pulled: the caller tries again, and says so when it takes long.
  } finally {
    clearTimeout(silence);
    broken.abort();
  }
  return last !== null;
}

/** Where the screens ask how far long work is. */
const RUNS = {
  reconcile: api.archive.reconcileRun.key(),
  archive: api.archive.reconcileAllRun.key(),
  verify: api.station.verifyRun.key(),
  forward: api.archive.forwardRun.key(),
};

function take(event: LiveEvent): void {
  if (event.event === 'port') drawSoon(event.card);
  else if (event.event === 'ledger') askAgainSoon(event.entries.map((entry) => entry.type));
  else if (event.event === 'work') void queryClient.invalidateQueries({ queryKey: RUNS[event.work] });
  else followClock(event.stationTime);
}

function followClock(stationTime: string): void {
  const offset = Date.parse(stationTime) - Date.now();
  // Below half a second it is the way here, not the clock.
  if (Math.abs(offset - connection().clockOffsetMs) > 500) setConnection({ clockOffsetMs: offset });
}

const cards = new Map<number, PortCard>();

function drawSoon(card: PortCard): void {
  if (cards.size === 0) setTimeout(draw, DRAW_EVERY_MS);
  cards.set(card.port, card);
}

function draw(): void {
  // An answer on its way may be older than these cards: they are put in after it.
  if (queryClient.isFetching({ queryKey: api.wall.ports.key() }) > 0) {
    setTimeout(draw, DRAW_EVERY_MS);
    return;
  }
  const changed = new Map(cards);
  cards.clear();
  queryClient.setQueryData(api.wall.ports.queryKey(), (wall) => wall && { ...wall, ports: withCards(wall.ports, changed) });
}

const types = new Set<string>();

function askAgainSoon(found: string[]): void {
  if (types.size === 0 && found.length > 0) setTimeout(askAgain, ASK_AGAIN_EVERY_MS);
  for (const type of found) types.add(type);
}

function askAgain(): void {
  const families = staleFamilies([...types]);
  types.clear();
  if (families === null) void queryClient.invalidateQueries();
  for (const family of families ?? []) void queryClient.invalidateQueries({ queryKey: api[family].key() });
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopped.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
