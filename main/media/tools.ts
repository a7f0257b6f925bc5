import { done, failed, type Result } from '../contract/errors.ts';
import { runTool } from './run-tool.ts';
import { PROBE_LIMITS } from './tool-process.ts';

export type MediaTools = { ffmpeg: string; ffprobe: string };

/**
 * Versions of the media tools, as each gives its own in at most 60 characters; `media.tool-missing` when one of them, or
 * what limits them, is not installed or does not answer. `searchPath`: where to look; default: the process's own PATH.
 */
export async function probeTools(signal: AbortSignal, searchPath?: string): Promise<Result<MediaTools>> {
  const ffmpeg = await versionOf('ffmpeg', signal, searchPath);
  if (!ffmpeg.ok) return ffmpeg;
  const ffprobe = await versionOf('ffprobe', signal, searchPath);
  return ffprobe.ok ? done({ ffmpeg: ffmpeg.value, ffprobe: ffprobe.value }) : ffprobe;
}

async function versionOf(tool: 'ffmpeg' | 'ffprobe', signal: AbortSignal, searchPath: string | undefined): Promise<Result<string>> {
  const at = searchPath === undefined ? {} : { searchPath };
  const answer = await runTool(tool, { args: ['-version'], input: null, limits: PROBE_LIMITS, signal, ...at });
  if (!answer.ok) return failed('media.tool-missing', tool, `${answer.reason}: ${answer.detail}`);
  const version = /^\S+ version ([\x21-\x7e]{1,60})/.exec(answer.stdout.toString('utf8'))?.[1];
  return version === undefined ? failed('media.tool-missing', tool, 'it does not say its version') : done(version);
}
