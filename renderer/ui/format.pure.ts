/** 1234567 -> "1.2 MB"; decimal units, as cameras and disks are labelled. Below ten one decimal, and none above. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  // 999.5 would be written 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 3723000 -> "1:02:03", 62500 -> "1:02": whole seconds, cut, never rounded up to a length that was not recorded. */
export function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Whole percent done, and 100 only when all is done; null when there is nothing to do. */
export function percentOf(done: number, all: number): number | null {
  if (all <= 0) return null;
  return done >= all ? 100 : Math.min(99, Math.floor((100 * done) / all));
}

/** A failure's text as its first sentence (what happened) and the rest (what to do). */
export function splitAdvice(text: string): { what: string; next: string } {
  const end = text.search(/。|\.\s(?=[A-Z])|；|;\s/);
  if (end < 0 || end === text.length - 1) return { what: text, next: '' };
  const what = text.slice(0, end);
  const rest = text.slice(end + 1).trim();
  return { what, next: rest.charAt(0).toUpperCase() + rest.slice(1) };
}

/** How a time may be written: which part of `YYYY-MM-DD HH:mm:ss` is shown. */
const PARTS = { full: [0, 19], minute: [0, 16], day: [5, 10], time: [11, 19], clock: [11, 16] } as const;
export type TimeForm = keyof typeof PARTS;

/**
 * The one place where times become text. An instant (`…Z`) is told by the clocks of `zone`, the station's, wherever the
 * screen stands; a camera's local date-time has no zone and is told as it is. Empty while the station's zone is not known.
 */
export function timeText(at: string, zone: string | null, as: TimeForm = 'full'): string {
  const local = isInstant(at) ? localOf(at, zone) : at;
  return local.replace('T', ' ').slice(...PARTS[as]);
}

/** `周一`, `Mon`: the day of the week of an instant in a zone. */
export function weekdayText(at: string, zone: string | null, language: string): string {
  return zone === null ? '' : new Intl.DateTimeFormat(language, { timeZone: zone, weekday: 'short' }).format(Date.parse(at));
}

function isInstant(at: string): boolean {
  return /(Z|[+-]\d{2}:\d{2})$/.test(at);
}

const TWO = '2-digit';
/** Making one costs more than using it a hundred times, and a wall writes hundreds of times a second. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string): Intl.DateTimeFormat {
  const form = { year: 'numeric', month: TWO, day: TWO, hour: TWO, minute: TWO, second: TWO, hourCycle: 'h23', timeZone: zone } as const;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', form);
  formats.set(zone, format);
  return format;
}

function localOf(at: string, zone: string | null): string {
  if (zone === null) return '';
  const parts = formatIn(zone).formatToParts(Date.parse(at));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}
