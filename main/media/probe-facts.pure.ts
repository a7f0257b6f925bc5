import type { ItemProbed, StreamFacts } from '../contract/entries/media.ts';
import type { MediaKind } from '../contract/values.ts';
import { isBrowserPlayable } from './browser-playable.pure.ts';

type Fields = Record<string, unknown>;

/** What is not known of a file that could not be read, or was not looked into. */
export const NOTHING_KNOWN = { container: null, durationMs: null, streams: [], creationTime: null, browserPlayable: false };

/** Most streams an entry holds; a transport stream made to annoy can have thousands. */
const MAX_STREAMS = 64;

/** Below this ffprobe only guesses: random bytes score 1 as MP3, the weakest real file of a listed format 12. */
const MIN_PROBE_SCORE = 5;

/**
 * The facts of an ffprobe answer (`-print_format json -show_format -show_streams`) and of what ffprobe said beside it at
 * level `warning`. Whatever ffprobe does not say, says in a form that is not a number, or only estimates, is null.
 */
export function factsOfProbe(answer: unknown, said: string, mediaKind: MediaKind): ItemProbed {
  const format = fieldsOf(fieldsOf(answer)['format']);
  const list = fieldsOf(answer)['streams'];
  const raw = (Array.isArray(list) ? list : []).slice(0, MAX_STREAMS).map(fieldsOf);
  const streams = raw.map(factsOfStream);
  const score = format['probe_score'];
  if (typeof score === 'number' && score < MIN_PROBE_SCORE) return { ...NOTHING_KNOWN, outcome: 'damaged', damage: 'unreadable' };
  const container = text(format['format_name'], 120);
  const readable = streams.some(isDecodable);
  const pixelFormats = raw.filter((stream) => stream['codec_type'] === 'video').map((stream) => text(stream['pix_fmt'], 60));
  return {
    outcome: readable ? 'readable' : 'damaged',
    damage: readable ? null : 'no-streams',
    container,
    durationMs: mediaKind === 'photo' || isEstimated(said) ? null : milliseconds(format['duration']),
    streams,
    creationTime: text(fieldsOf(format['tags'])['creation_time'], 60),
    browserPlayable: readable && isBrowserPlayable({ container, streams, pixelFormats }),
  };
}

/** In which way a file is damaged that ffprobe could not open, by what it said. */
export function damageOf(said: string, mediaKind: MediaKind): string {
  if (mediaKind !== 'photo' && said.includes('moov atom not found')) return 'no-moov';
  return said.includes('not on whitelist') ? 'foreign-format' : 'unreadable';
}

/** Raw MP3 and AAC carry no length; ffprobe then divides the size by a bit rate, and says so. */
function isEstimated(said: string): boolean {
  return said.includes('Estimating duration from bitrate');
}

function isDecodable(stream: StreamFacts): boolean {
  if (stream.codec === 'unknown') return false;
  if (stream.kind === 'video') return stream.width !== null && stream.width > 0;
  return stream.kind === 'audio' && stream.sampleRateHz !== null && stream.sampleRateHz > 0;
}

function factsOfStream(stream: Fields): StreamFacts {
  const type = stream['codec_type'];
  const kind = type === 'video' || type === 'audio' || type === 'subtitle' ? type : 'data';
  return {
    kind,
    codec: text(stream['codec_name'], 60) ?? 'unknown',
    width: whole(stream['width']),
    height: whole(stream['height']),
    frameRate: kind === 'video' ? fraction(stream['avg_frame_rate']) : null,
    sampleRateHz: whole(stream['sample_rate']),
    channels: whole(stream['channels']),
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** A text as it is, or null: one that is too long to be what it should be is not cut into something else. */
function text(value: unknown, maxLength: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= maxLength && value.isWellFormed() ? value : null;
}

function whole(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Decimal seconds as whole ms; null for `N/A` and for more than 31 years, which only a forged header claims. */
function milliseconds(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{1,9}(\.\d{1,12})?$/.test(value)) return null;
  return Math.round(Number(value) * 1000);
}

function fraction(value: unknown): { numerator: number; denominator: number } | null {
  const match = typeof value === 'string' ? /^(\d{1,9})\/(\d{1,9})$/.exec(value) : null;
  if (!match || Number(match[2]) === 0) return null;
  return { numerator: Number(match[1]), denominator: Number(match[2]) };
}
