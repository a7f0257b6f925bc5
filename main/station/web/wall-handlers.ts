import { forwardTroubles } from '../../archive/index.ts';
import type { PortCard } from '../../contract/web/wall.ts';
import { sql } from '../../store/index.ts';
import { spaceOf } from '../../vault/index.ts';
import type { Station } from '../open-station.ts';
import { headOf } from '../status.ts';
import { liveEvents } from './live-events.ts';
import type { Names } from './names.ts';
import { cardOf, emptyCard, wallName } from './port-cards.pure.ts';
import type { GuardedContract, WebContext } from './web-context.ts';

/** What everybody may see without a sign-in. */
export function wallHandlers({ wall: os }: GuardedContract) {
  return {
    ports: os.ports.handler(({ context }) => {
      const { station } = context;
      const { freeBytes, totalBytes } = spaceOf(station.vault.root, station.policy('vault-reserve-bytes'));
      return { ports: cardsOf(context), stationTime: station.clock.now(), freeBytes, totalBytes, archiveReachable: isArchiveReachable(station) };
    }),
    events: os.events.handler(({ context }) => {
      const { ledger, clock } = context.station;
      const head = () => headOf(context.station).seq;
      return liveEvents({ cards: () => cardsOf(context), head, now: clock.now, subscribe: ledger.subscribe }, context.signal);
    }),
  };
}

/** Every port of the wall by number: those policy names, and those something is on. */
export function cardsOf({ station, names }: Pick<WebContext, 'station' | 'names'>): PortCard[] {
  const nowMs = Date.parse(station.clock.now());
  const clear = station.policy('clear');
  const shown = new Map<number, PortCard>();
  for (let port = 1; port <= station.policy('wall-ports'); port += 1) shown.set(port, emptyCard(port));
  for (const live of station.dockings.live()) {
    if (live.state !== 'ended') shown.set(live.port, cardOf(live, officerOf(station, names, live.dockingId), nowMs, clear));
  }
  return [...shown.values()].sort((a, b) => a.port - b.port);
}

/** The officer whose files a docking brought, when it is one. */
function officerOf(station: Station, names: Names, dockingId: string): string | null {
  const rows = sql<{ officer_id: string }>(
    station.ledger.reader,
    'SELECT DISTINCT officer_id FROM items WHERE docking_id = ? AND officer_id IS NOT NULL LIMIT 2',
  ).all(dockingId);
  const [only] = rows;
  return only && rows.length === 1 ? wallName(names.person(only.officer_id), station.policy('wall-name-form')) : null;
}

/** Whether the newest attempt at every destination got through. */
function isArchiveReachable(station: Station): boolean {
  return forwardTroubles(station.ledger).length === 0;
}
