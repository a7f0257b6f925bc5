import { sql } from '../store/index.ts';
import { FIRST_RANK } from './coming.ts';
import type { DockedCamera, IngestContext } from './docked-camera.ts';
import { pathText } from './path-text.ts';

/** Which files of a docked camera are to be copied before all others: a clip by its name or path, or an officer's by number. */
export type Wanted = { clip: string } | { officer: string };

/**
 * Puts the files that are wanted and not settled before the others of their plan, and says how many there are and under which rank.
 * A plan that is not made yet has none.
 */
export function putFirst(context: IngestContext, camera: DockedCamera, wanted: Wanted): { files: number; rank: number } {
  const waiting = sql<{ n: number; path: Buffer }>(
    context.work,
    "SELECT n, path FROM plan_files WHERE docking_id = ? AND state IN ('waiting', 'copied')",
  );
  const found = waiting.all(camera.dockingId).filter(({ path }) => isWanted(camera, pathText(path), wanted));
  context.work.transaction(() => {
    const put = sql(context.work, 'UPDATE plan_files SET rank = ? WHERE docking_id = ? AND n = ?');
    for (const { n } of found) put.run(FIRST_RANK, camera.dockingId, n);
  })();
  return { files: found.length, rank: FIRST_RANK };
}

function isWanted(camera: DockedCamera, path: string, wanted: Wanted): boolean {
  if ('clip' in wanted) return path === wanted.clip || path.endsWith(`/${wanted.clip}`);
  return (camera.officer?.number ?? camera.describe(path).officer) === wanted.officer;
}
