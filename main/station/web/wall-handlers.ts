import { forwardTroubles } from '../../archive/index.ts';
import type { LiveDocking } from '../../contract/api/docking.ts';
import { done } from '../../contract/errors.ts';
import type { LiveEvent, PortCard } from '../../contract/web/wall.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { spaceOf } from '../../vault/index.ts';
import type { Station } from '../open-station.ts';
import { headOf } from '../status.ts';
import { putFilesFirst, steer } from '../steer.ts';
import { takeImage } from '../take-image.ts';
import { liveEvents } from './live-events.ts';
import type { Names } from './names.ts';
import { cardOf, emptyCard, wallName } from './port-cards.pure.ts';
import { actorOf, type GuardedContract, type Listening, type WebContext } from './web-context.ts';

/** What everybody may see without a sign-in. */
export function wallHandlers({ wall: os }: GuardedContract) {
  return {
    ports: os.ports.handler(({ context }) => {
      const { station } = context;
      const { freeBytes, totalBytes } = spaceOf(station.vault.root, station.policy('vault-reserve-bytes'));
      return { ports: cardsOf(context), stationTime: station.clock.now(), freeBytes, totalBytes, archiveReachable: isArchiveReachable(station) };
    }),
    steer: os.steer.handler(async ({ context, input }) => {
      const steered = await steer(context.station, input, actorOf(context));
      return steered.ok ? done(undefined) : steered;
    }),
    takeImage: os.takeImage.handler(({ context, input }) => takeImage(context.station, input.port, actorOf(context))),
    putFirst: os.putFirst.handler(({ context, input }) => putFilesFirst(context.station, input, actorOf(context))),
    events: os.events.handler(({ context }) => {
      const { ledger, clock, longWork } = context.station;
      const head = () => headOf(context.station).seq;
      const { reconcile, archive, verify, forward } = longWork;
      const turns = () => ({ reconcile: reconcile.turn(), archive: archive.turn(), verify: verify.turn(), forward: forward.turn() });
      const subscribe: Ledger['subscribe'] = (listener) => ledger.subscribe(listener);
      return counted(context.listening, liveEvents({ cards: () => cardsOf(context), head, now: clock.now, turns, subscribe }, context.signal));
    }),
  };
}

/** Counts a listener for as long as it listens. */
async function* counted(listening: Listening, events: AsyncGenerator<LiveEvent>): AsyncGenerator<LiveEvent> {
  listening.windows += 1;
  try {
    yield* events;
  } finally {
    listening.windows -= 1;
  }
}

/** Every port of the wall by number: those policy names, and those something is on. */
export function cardsOf({ station, names }: Pick<WebContext, 'station' | 'names'>): PortCard[] {
  const nowMs = Date.parse(station.clock.now());
  const clear = station.policy('clear');
  const shown = new Map<number, PortCard>();
  for (let port = 1; port <= station.policy('wall-ports'); port += 1) shown.set(port, emptyCard(port));
  for (const live of station.dockings.live()) {
    if (live.state !== 'ended')
      shown.set(
        live.port,
        cardOf(live, { officer: officerOf(station, names, live.dockingId), stoppedBy: stopperOf(station, names, live) }, nowMs, clear),
      );
  }
  return [...shown.values()].sort((a, b) => a.port - b.port);
}

/** The officer whose files a docking brought, when it is one. */
function officerOf(station: Station, names: Names, dockingId: string): string | null {
  // Two looks into the index: a wall asks ten times a second, and a docking may have thousands of items.
  const { first, last } = sql<{ first: string | null; last: string | null }>(
    station.ledger.reader,
    `SELECT (SELECT min(officer_id) FROM items WHERE docking_id = ?) AS first, (SELECT max(officer_id) FROM items WHERE docking_id = ?) AS last`,
  ).get(dockingId, dockingId) as { first: string | null; last: string | null };
  return first !== null && first === last ? wallName(names.person(first), station.policy('wall-name-form')) : null;
}

/** Who stopped the copying, as the wall may name them. */
function stopperOf(station: Station, names: Names, { stoppedBy }: LiveDocking): PortCard['stoppedBy'] {
  if (stoppedBy === null) return null;
  if (stoppedBy.kind !== 'person') return { kind: 'cli', name: null };
  return { kind: 'person', name: wallName(names.person(stoppedBy.id), station.policy('wall-name-form')) };
}

/** Whether the newest attempt at every destination got through. */
function isArchiveReachable(station: Station): boolean {
  return forwardTroubles(station.ledger).length === 0;
}
