import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DerivativeKind } from '../contract/entries/media.ts';
import { INPUT_ARGS, POSTER_LIMITS, runTool, type ToolFailure, type ToolLimits, TRANSCODE_LIMITS } from './run-tool.ts';

export type Derived = { ok: true; file: string; sizeBytes: number; sha256: string } | ToolFailure;

/** A still of at most 640 pixels' width. */
const POSTER_ARGS = ['-map', '0:v:0', '-frames:v', '1', '-vf', "scale='min(640,iw)':-2", '-q:v', '4', '-f', 'image2', '-update', '1'];

/** At most 720 lines, never enlarged, H.264 and AAC in a fragmented MP4 that plays while it is being read. */
const PROXY_ARGS = [
  ...['-map', '0:v:0?', '-map', '0:a:0?', '-vf', "scale=-2:'min(720,ih)'", '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26'],
  ...['-pix_fmt', 'yuv420p', '-threads', '1', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
  ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4'],
];

const FILE_ENDING: Record<DerivativeKind, string> = { poster: 'poster.jpg', proxy: 'proxy.mp4' };

/** Name of a derivative in its unit's folder under `derived/`. */
export function derivativeName(itemId: string, kind: DerivativeKind): string {
  return `${itemId}.${FILE_ENDING[kind]}`;
}

/**
 * Makes one derivative from an original, which is only read. It appears under its name when it is complete; a half one
 * never does. Derivatives can be deleted at any time and made again.
 */
export async function derive(
  kind: DerivativeKind,
  original: string,
  target: string,
  signal: AbortSignal,
  limits: ToolLimits = kind === 'poster' ? POSTER_LIMITS : TRANSCODE_LIMITS,
): Promise<Derived> {
  await fs.mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.part`;
  const name = path.basename(temporary);
  const args = ['-nostdin', '-v', 'error', '-y', '-threads', '1', ...INPUT_ARGS, ...(kind === 'poster' ? POSTER_ARGS : PROXY_ARGS), `file:${name}`];
  const made = await runTool('ffmpeg', { args, input: original, folder: path.dirname(target), limits, signal });
  if (!made.ok) {
    await fs.rm(temporary, { force: true });
    return made;
  }
  const stat = await fs.stat(temporary).catch(() => null);
  if (!stat || stat.size === 0) {
    await fs.rm(temporary, { force: true });
    return { ok: false, reason: 'failed', detail: 'nothing came out' };
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(temporary), hash);
  await fs.rename(temporary, target);
  return { ok: true, file: target, sizeBytes: stat.size, sha256: hash.digest('hex') };
}
