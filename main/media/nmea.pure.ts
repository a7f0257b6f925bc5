/** Where a receiver was at an instant, in degrees (WGS 84). */
export type TrackPoint = { atMs: number; longitude: number; latitude: number };

const SENTENCE = /\$([A-Z]{2}RMC,[^*\r\n]*)\*([0-9A-Fa-f]{2})/g;

/**
 * Places of a track as a receiver logs it (NMEA 0183, RMC sentences), in their order. A sentence whose checksum is wrong, or
 * that says itself that it is not valid, tells nothing.
 */
export function pointsIn(text: string): TrackPoint[] {
  return [...text.matchAll(SENTENCE)].flatMap(([, body = '', sum = '']) => {
    const checksum = [...body].reduce((so, character) => so ^ character.charCodeAt(0), 0);
    return checksum === Number.parseInt(sum, 16) ? (pointOf(body.split(',')) ?? []) : [];
  });
}

function pointOf([, time = '', status, north = '', northOrSouth, east = '', eastOrWest, , , date = '']: string[]): TrackPoint | null {
  const [, hour, minute, second] = /^(\d{2})(\d{2})(\d{2})(?:\.\d+)?$/.exec(time) ?? [];
  const [, day, month, year] = /^(\d{2})(\d{2})(\d{2})$/.exec(date) ?? [];
  const atMs = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const [latitude, longitude] = [degrees(north, northOrSouth === 'S'), degrees(east, eastOrWest === 'W')];
  return status === 'A' && !Number.isNaN(atMs) && latitude !== null && longitude !== null ? { atMs, longitude, latitude } : null;
}

/** `3056.7000`, degrees and minutes, to a millionth of a degree. */
function degrees(text: string, isNegative: boolean): number | null {
  const [, whole, minutes] = /^(\d{2,3})(\d{2}(?:\.\d+)?)$/.exec(text) ?? [];
  if (whole === undefined || minutes === undefined) return null;
  const value = Math.round((Number(whole) + Number(minutes) / 60) * 1e6) / 1e6;
  return isNegative ? -value : value;
}
