import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DerivativeKind } from '../contract/entries/media.ts';
import { fsyncFolder } from '../store/index.ts';
import { runTool } from './run-tool.ts';
import { INPUT_ARGS, POSTER_LIMITS, type ToolFailure, type ToolLimits, TRANSCODE_LIMITS } from './tool-process.ts';

export type Derived = { ok: true; sizeBytes: number; sha256: string } | ToolFailure;

/** What has to be known of an original to derive from it. */
export type Source = { sizeBytes: number; hasPicture: boolean; isStill: boolean };

const QUIETLY = ['-nostdin', '-v', 'error', '-y', '-threads', '1', '-filter_threads', '1'];

/** One frame, at most 640 pixels wide, never enlarged. */
const POSTER_ARGS = ['-map', '0:v:0', '-frames:v', '1', '-vf', "scale='min(640,iw)':-1", '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '4'];

/** Within 1280x720 or, upright, 720x1280; never enlarged; even sides, as 4:2:0 needs them. */
const FIT_720 =
  "scale=w='min(iw,if(gte(iw,ih),1280,720))':h='min(ih,if(gte(iw,ih),720,1280))':force_original_aspect_ratio=decrease:force_divisible_by=2";
/** A key frame every two seconds, each with a fragment of its own, so that a player can jump. */
const VIDEO_ARGS = ['-map', '0:v:0', '-vf', FIT_720, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26', '-pix_fmt', 'yuv420p'];
const KEY_FRAMES = ['-force_key_frames', 'expr:gte(t,n_forced*2)'];
const SOUND_ARGS = ['-map', '0:a:0?', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'];
const FRAGMENTED_MP4 = ['-sn', '-dn', '-map_metadata', '-1', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4'];

const FILE_ENDING: Record<DerivativeKind, string> = { poster: 'poster.jpg', proxy: 'proxy.mp4' };

/** Name of a derivative in its unit's folder under `derived/`. */
export function derivativeName(itemId: string, kind: DerivativeKind): string {
  return `${itemId}.${FILE_ENDING[kind]}`;
}

/**
 * Makes one derivative from an original, which is only read. It appears under its name when it is complete and flushed;
 * a half one never does. Derivatives can be deleted at any time and made again. Throws when the folder of derivatives
 * cannot be written for another reason than a full disk.
 */
export async function derive(
  kind: DerivativeKind,
  original: string,
  target: string,
  source: Source,
  signal: AbortSignal,
  limits: ToolLimits = limitsFor(kind, source),
): Promise<Derived> {
  const folder = path.dirname(target);
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${target}.part`;
  const output = `file:${path.basename(temporary)}`;
  const attempts = kind === 'poster' ? posterAttempts(source) : [proxyArgs(source)];
  try {
    for (const args of attempts) {
      const made = await runTool('ffmpeg', { args: [...args, output], input: original, folder, limits, signal });
      if (!made.ok) return made;
      const facts = await settle(temporary, target);
      if (facts) return { ok: true, ...facts };
    }
    return { ok: false, reason: 'failed', detail: 'nothing came out' };
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** A second in, where a camera has found its exposure; the very first frame of what is shorter, and of a photo. */
function posterAttempts(source: Source): string[][] {
  const args = [...INPUT_ARGS, ...POSTER_ARGS, '-f', 'mjpeg'];
  const first = [...QUIETLY, ...args];
  return source.isStill ? [first] : [[...QUIETLY, '-ss', '1', ...args], first];
}

function proxyArgs(source: Source): string[] {
  const picture = source.hasPicture ? [...VIDEO_ARGS, ...KEY_FRAMES] : ['-vn'];
  return [...QUIETLY, ...INPUT_ARGS, ...picture, ...SOUND_ARGS, '-threads', '1', ...FRAGMENTED_MP4];
}

/** What a camera's encoder made is not going to grow much by ours; something made to fill the disk would. */
function limitsFor(kind: DerivativeKind, source: Source): ToolLimits {
  if (kind === 'poster') return POSTER_LIMITS;
  return { ...TRANSCODE_LIMITS, fileBytes: Math.min(TRANSCODE_LIMITS.fileBytes, 4 * source.sizeBytes + (256 << 20)) };
}

/** Flushes what was made and gives it its name; null when nothing was made. */
async function settle(temporary: string, target: string): Promise<{ sizeBytes: number; sha256: string } | null> {
  const stat = await fs.stat(temporary).catch(() => null);
  if (!stat || stat.size === 0) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(temporary), hash);
  const handle = await fs.open(temporary, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, target);
  fsyncFolder(path.dirname(target));
  return { sizeBytes: stat.size, sha256: hash.digest('hex') };
}
