import type { ItemProbed } from '../contract/entries/media.ts';
import type { MediaKind } from '../contract/values.ts';
import { damageOf, factsOfProbe, NOTHING_KNOWN } from './probe-facts.pure.ts';
import { runTool } from './run-tool.ts';
import { INPUT_ARGS, PROBE_LIMITS, type ToolLimits } from './tool-process.ts';

const ARGS = ['-v', 'warning', '-print_format', 'json', '-show_format', '-show_streams', ...INPUT_ARGS];

/** Whether a file is looked into at all. */
export function isMedia(mediaKind: MediaKind): boolean {
  return mediaKind === 'video' || mediaKind === 'audio' || mediaKind === 'photo';
}

/**
 * What ffprobe says of one file. A file that is no media by its kind is not looked into; one that cannot be read as
 * media is `damaged`, one that goes past the limits `limit-exceeded`; neither stops anything. `later` when aborted or
 * when ffprobe is not installed.
 */
export async function probe(
  file: string,
  what: { mediaKind: MediaKind; sizeBytes: number },
  signal: AbortSignal,
  limits: ToolLimits = PROBE_LIMITS,
): Promise<ItemProbed | 'later'> {
  if (!isMedia(what.mediaKind)) return { ...NOTHING_KNOWN, outcome: 'not-media', damage: null };
  if (what.sizeBytes === 0) return { ...NOTHING_KNOWN, outcome: 'damaged', damage: 'empty' };
  const answer = await runTool('ffprobe', { args: ARGS, input: file, limits, signal });
  if (answer.ok) return factsOfProbe(parse(answer.stdout), answer.stderr, what.mediaKind);
  switch (answer.reason) {
    case 'aborted':
    case 'missing':
    case 'no-space':
      return 'later';
    case 'limit-exceeded':
      return { ...NOTHING_KNOWN, outcome: 'limit-exceeded', damage: null };
    case 'input-missing':
      return NOT_IN_VAULT;
    case 'failed':
      return { ...NOTHING_KNOWN, outcome: 'damaged', damage: damageOf(answer.detail, what.mediaKind) };
  }
}

/** An item whose bytes or sidecar are not where they belong: said, so that it does not hold up the rest of its docking. */
export const NOT_IN_VAULT: ItemProbed = { ...NOTHING_KNOWN, outcome: 'damaged', damage: 'not-in-vault' };

/** ffprobe's answer; null when it is not JSON, which then counts as an answer without streams. */
function parse(stdout: Buffer): unknown {
  try {
    return JSON.parse(stdout.toString('utf8'));
  } catch {
    return null;
  }
}
