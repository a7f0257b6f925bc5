import type { BandwidthCap } from '../contract/entries/archive.ts';
import type { Ledger } from '../ledger/index.ts';
import { scheduleOf } from './destinations.ts';
import { rateAt } from './pace.pure.ts';
import { createPace, type Pace } from './pace.ts';
import type { Timer } from './timer.ts';

export type PacesContext = {
  ledger: Ledger;
  timer: Timer;
  /** The clock, and the zone in which a cap's hours are. */
  now(): string;
  zone(): string;
};

/** The paces of all destinations: what each one's caps allow, for everything that goes there and, apart, for what is read back. */
export function createPaces(context: PacesContext) {
  const known = new Map<string, { sent: Pace; readBack: Pace }>();
  const rateNow = (caps: readonly BandwidthCap[]) => (caps.length === 0 ? null : rateAt(caps, hourIn(context.zone(), context.now())));
  function of(id: string): { sent: Pace; readBack: Pace } {
    const found = known.get(id);
    if (found) return found;
    const rate = () => rateNow(scheduleOf(context.ledger, id).caps);
    const made = { sent: createPace(rate, context.timer), readBack: createPace(rate, context.timer) };
    known.set(id, made);
    return made;
  }
  return {
    of,
    /** Bytes a second that these caps allow now; null: as many as will go; 0: none. */
    rateNow,
  };
}
export type Paces = ReturnType<typeof createPaces>;

function hourIn(zone: string, instant: string): number {
  return Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(new Date(instant)));
}
