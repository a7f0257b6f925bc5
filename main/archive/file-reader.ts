import type { Result } from '../contract/errors.ts';
import type { HashedFile } from './file-io.ts';

/** Reads what lies at a destination, or in a folder, by path below its root: ASCII, parts joined by `/`. */
export type FileReader = {
  /** The bytes as they lie there, every one of them read; null when there are none to be read, or `signal` ended the reading. */
  hash(file: string, signal?: AbortSignal): Promise<HashedFile | null>;
  /** A small text; null when there is no such file. */
  text(file: string): Promise<string | null>;
  /** Every file below a folder; those of one folder come together. */
  list(folder: string): AsyncIterable<string>;
  /** Names of the folders directly below a folder. */
  folders(folder: string): Promise<string[]>;
};

/** Runs over a list, so many at once; when one fails, no further ones are begun, and the failure that came first comes out. */
export async function inParallel<T>(atOnce: number, list: Iterable<T>, work: (one: T) => Promise<Result<unknown>>): Promise<Result<null>> {
  const rest = list[Symbol.iterator]();
  let wrong: { ok: false; failure: Extract<Result<null>, { ok: false }>['failure'] } | null = null;
  let thrown: { error: unknown } | null = null;
  async function worker(): Promise<void> {
    for (let next = rest.next(); !next.done && !wrong && !thrown; next = rest.next()) {
      const result = await work(next.value).catch((error: unknown) => {
        thrown ??= { error };
      });
      if (result && !result.ok) wrong ??= result;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (thrown) throw (thrown as { error: unknown }).error;
  return wrong ?? { ok: true, value: null };
}
