import type { Progress } from '../contract/long-run.ts';

/** What somebody who starts long work gives it: when to stop, and where to tell how far it is. */
export type Watch = { signal: AbortSignal; onProgress(progress: Progress): void };

/** For who waits until the end, and neither stops it nor looks how far it is. */
export const UNWATCHED: Watch = { signal: new AbortController().signal, onProgress() {} };
