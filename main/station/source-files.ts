import path from 'node:path';
import type { CopyEngine } from '../../native/index.ts';
import type { SourceFile } from '../archive/index.ts';
import { joined, pathText, walk } from '../ingest/index.ts';

/** Every file below a folder, read in full; what cannot be read comes out with its reason. */
export async function* readSource(root: string, engine: CopyEngine, signal: AbortSignal): AsyncGenerator<SourceFile> {
  const base = Buffer.from(path.resolve(root));
  for await (const found of walk(root)) {
    const name = pathText(found.path);
    if ('reason' in found) {
      // A link or special file is no evidence that could be missing; what could not be read may be.
      if (found.reason === 'source.unreadable') yield { path: name, reason: found.reason };
      continue;
    }
    const hashed = await engine.hash(joined(base, found.path), { signal });
    yield hashed.ok ? { path: name, sha256: hashed.value.sha256 } : { path: name, reason: hashed.failure.code };
  }
}
