import type { EntryType } from '../../main/contract/entries/index.ts';
import type { LiveEvent, PortCard } from '../../main/contract/web/wall.ts';

export type Family = 'session' | 'wall' | 'recordings' | 'cases' | 'archive' | 'cameras' | 'station';

/** Which questions have a new answer after an entry. A type not listed (of a newer station) makes everything be asked again. */
const FAMILIES: Record<EntryType, readonly Family[]> = {
  'ledger.opened': ['station'],
  'ledger.continued': ['station'],
  'ledger.settled': ['station'],
  'verification.done': ['station'],
  'station.started': ['station'],
  'policy.set': ['session', 'station', 'wall'],
  'clock.confirmed': ['station'],
  'clock.stepped': ['station'],
  'camera.registered': ['cameras'],
  'camera.merged': ['cameras', 'recordings'],
  'camera.separated': ['cameras', 'recordings'],
  'camera.password-set': ['cameras'],
  'camera.unlocked': ['cameras'],
  'camera.clock-read': ['cameras'],
  'camera.clock-set': ['cameras'],
  'docking.started': ['cameras'],
  'docking.measured': ['cameras'],
  'docking.refused': [],
  'port.numbered': [],
  'port.learned': ['station'],
  'port.forgotten': ['station'],
  'docking.planned': [],
  'docking.interrupted': [],
  'docking.resumed': [],
  'docking.cancelled': [],
  'docking.image-ordered': [],
  'docking.proven': ['cameras'],
  'docking.ended': ['cameras'],
  'item.stored': ['station', 'cameras'],
  'item.seen-again': [],
  'file.refused': [],
  'partial.quarantined': ['station'],
  'clear.intended': [],
  'clear.done': ['recordings'],
  'clear.refused': [],
  'docking.cleared': ['cameras'],
  'item.probed': ['recordings'],
  'derivative.made': ['recordings'],
  'derivative.failed': ['recordings'],
  'unit.closed': ['recordings', 'cases', 'archive', 'station'],
  'person.registered': ['session', 'recordings', 'cases'],
  'case.imported': ['cases', 'recordings'],
  'unit.linked': ['recordings', 'cases', 'archive'],
  'unit.unlinked': ['recordings', 'cases', 'archive'],
  'unit.marked': ['recordings'],
  'unit.unmarked': ['recordings'],
  'link.suggested': ['recordings', 'cases'],
  'deadline.settled': ['recordings'],
  'access.given': ['session'],
  'pin.changed': ['session'],
  'session.started': [],
  'session.locked': ['session'],
  'item.viewed': ['recordings'],
  'destination.added': ['archive', 'station', 'wall'],
  'forward.intended': ['archive'],
  'forward.done': ['archive', 'recordings', 'wall'],
  'forward.failed': ['archive', 'wall'],
  'reconciliation.done': ['archive'],
  'difference.explained': ['archive'],
  'difference.reopened': ['archive'],
  'run.ended': ['archive', 'station'],
  'archive.reconciled': ['archive'],
  'destination.scheduled': ['archive'],
  'case.held': ['cases', 'recordings'],
  'case.released': ['cases', 'recordings'],
  'retention.extended': ['recordings'],
  'archive.difference-explained': ['archive'],
  'free.intended': [],
  'free.done': ['recordings', 'station'],
  'free.refused': ['recordings'],
};

/** The families that entries of these types make stale; null means everything. */
export function staleFamilies(types: readonly string[]): Set<Family> | null {
  const stale = new Set<Family>();
  for (const type of types) {
    const families = Object.hasOwn(FAMILIES, type) ? FAMILIES[type as EntryType] : null;
    if (families === null) return null;
    for (const family of families) stale.add(family);
  }
  return stale;
}

/** Whether an event means that something was missed, given the number of the last one on this connection (null before any). */
export function missedSomething(last: number | null, event: LiveEvent): boolean {
  return event.event === 'hello' || last === null || event.n !== last + 1;
}

/** The ports with newer cards put in. Cards that did not change keep their identity, so that only changed ones are drawn. */
export function withCards(ports: readonly PortCard[], changed: ReadonlyMap<number, PortCard>): PortCard[] {
  const known = new Set(ports.map((card) => card.port));
  const added = [...changed.values()].filter((card) => !known.has(card.port));
  return [...ports.map((card) => changed.get(card.port) ?? card), ...added].sort((one, other) => one.port - other.port);
}

/** How long to wait before the attempt after `failures` failures in a row, in milliseconds: half a second, doubling up to five seconds. */
export function backOffMs(failures: number): number {
  return Math.min(5000, 500 * 2 ** Math.max(0, failures - 1));
}
