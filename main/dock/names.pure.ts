import type { MediaKind } from '../contract/values.ts';

/** What a file's name and path tell by the rules of a camera's profile. Nothing is guessed: absent means null. */
export type NameFacts = {
  serial: string | null;
  officer: string | null;
  /** Local date-time `YYYY-MM-DDThh:mm:ss`, only when it is a date and time that exists. */
  startLocal: string | null;
  sequence: number | null;
  important: boolean;
};

const NOTHING: NameFacts = { serial: null, officer: null, startLocal: null, sequence: null, important: false };

/** Reads a path (text, `/` between folders) by the first pattern that fits its name or the whole of it. */
export function readName(patterns: readonly RegExp[], path: string): NameFacts {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const pattern of patterns) {
    const groups = (pattern.exec(name) ?? pattern.exec(path))?.groups;
    if (!groups) continue;
    return {
      serial: groups['serial'] ?? null,
      officer: groups['officer'] ?? null,
      startLocal: localTime(groups['time'] ?? (groups['date'] ?? '') + (groups['clock'] ?? '')),
      sequence: groups['sequence'] === undefined ? null : Number(groups['sequence']),
      important: groups['important'] !== undefined,
    };
  }
  return NOTHING;
}

/** `YYYYMMDDhhmmss` as a local date-time, null when there is no such moment. */
function localTime(digits: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(digits);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const local = date.toISOString().slice(0, 19);
  return local.replaceAll(/[-:T]/g, '') === digits ? local : null;
}

const KINDS: Record<string, MediaKind> = {};
for (const [kind, extensions] of Object.entries({
  video: 'mp4 m4v mov avi ts mts m2ts mkv flv 3gp mpg mpeg webm',
  audio: 'wav mp3 aac m4a amr ogg flac',
  photo: 'jpg jpeg png bmp gif heic tif tiff',
  track: 'gps nmea gpx srt',
  log: 'log txt',
  document: 'pdf doc docx json xml csv',
} satisfies Partial<Record<MediaKind, string>>)) {
  for (const extension of extensions.split(' ')) KINDS[extension] = kind as MediaKind;
}

/** Lower-case ASCII extension without its dot; empty when there is none. */
export function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]{1,20})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** What kind of file a path is by its extension; `other` when the extension says nothing. */
export function mediaKindOf(path: string): MediaKind {
  return KINDS[extensionOf(path)] ?? 'other';
}
