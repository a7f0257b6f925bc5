import type { StreamFacts } from '../contract/entries/media.ts';

type Codecs = { video: readonly string[]; audio: readonly string[] };

/** Codecs that Chromium, as Debian ships it, plays in each container, by the name ffprobe gives the container. */
const PLAYABLE: Record<string, Codecs> = {
  'mov,mp4,m4a,3gp,3g2,mj2': { video: ['h264'], audio: ['aac', 'mp3'] },
  // ffprobe does not tell WebM from Matroska: these codecs are WebM's, and a browser goes by them.
  'matroska,webm': { video: ['vp8', 'vp9', 'av1'], audio: ['opus', 'vorbis'] },
  wav: { video: [], audio: ['pcm_s16le', 'pcm_u8'] },
  mp3: { video: [], audio: ['mp3'] },
  aac: { video: [], audio: ['aac'] },
  ogg: { video: [], audio: ['opus', 'vorbis', 'flac'] },
  flac: { video: [], audio: ['flac'] },
};

const PHOTO_CODECS = ['mjpeg', 'png', 'webp', 'gif', 'bmp'];
const PHOTO_CONTAINERS = ['jpeg_pipe', 'png_pipe', 'webp_pipe', 'gif', 'bmp_pipe'];

/** Eight bits, 4:2:0: all that every browser decodes in every profile. */
const PIXEL_FORMATS = ['yuv420p', 'yuvj420p'];

/**
 * Whether a browser plays or shows the file as it is. Cautious: a file of which this cannot be told counts as not
 * playable. `pixelFormats` are those of the video streams, in order, null where ffprobe does not say.
 */
export function isBrowserPlayable(facts: {
  container: string | null;
  streams: readonly StreamFacts[];
  pixelFormats: readonly (string | null)[];
}): boolean {
  const { container, streams, pixelFormats } = facts;
  const video = streams.filter((stream) => stream.kind === 'video');
  const audio = streams.filter((stream) => stream.kind === 'audio');
  if (container === null) return false;
  if (PHOTO_CONTAINERS.includes(container)) return video.length === 1 && video.every((stream) => PHOTO_CODECS.includes(stream.codec));
  const codecs = PLAYABLE[container];
  if (!codecs || video.length + audio.length === 0) return false;
  return (
    video.every((stream) => codecs.video.includes(stream.codec)) &&
    audio.every((stream) => codecs.audio.includes(stream.codec)) &&
    pixelFormats.every((format) => format !== null && PIXEL_FORMATS.includes(format))
  );
}
