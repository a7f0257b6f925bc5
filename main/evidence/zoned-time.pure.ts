/**
 * The instant (ms) of a local date-time in a zone, or why there is none: a moment that the zone skips (`gap`), or has
 * twice (`twice`), is never guessed. `local` is `YYYY-MM-DDThh:mm[:ss]`.
 */
export function instantOfLocal(local: string, zone: string): { ms: number } | { wrong: 'form' | 'gap' | 'twice' } {
  const whole = local.length === 16 ? `${local}:00` : local;
  const asUtc = Date.parse(`${whole}Z`);
  // The platform reads 30 February as 2 March; a day that does not exist is not a day.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19) !== whole) return { wrong: 'form' };
  // The zone's offset a day before and a day after are the only two candidates around a change of clocks.
  const candidates = new Set([offsetAt(asUtc - 86_400_000, zone), offsetAt(asUtc + 86_400_000, zone)].map((offset) => asUtc - offset));
  const fitting = [...candidates].filter((ms) => ms + offsetAt(ms, zone) === asUtc);
  if (fitting.length === 0) return { wrong: 'gap' };
  if (fitting.length > 1) return { wrong: 'twice' };
  return { ms: fitting[0] as number };
}

/** What the clocks of a zone show at an instant, in ms as if they showed UTC. Throws RangeError for a zone that does not exist. */
export function shownAt(ms: number, zone: string): number {
  return ms + offsetAt(ms, zone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clocks show minus UTC, in ms, at an instant. Throws RangeError for a zone that does not exist. */
function offsetAt(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
  const { year, month, day, hour, minute, second } = parts as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}
