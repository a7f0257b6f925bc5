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
