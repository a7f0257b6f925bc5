import type { LiveDocking } from '../contract/api/docking.ts';
import { newDockingId } from '../ingest/index.ts';

/** The card of a port on which something was put a moment ago, of which nothing more is known. */
export function blankCard(port: number, camera: string): LiveDocking {
  return {
    dockingId: newDockingId(),
    port,
    camera,
    profile: '',
    state: 'settling',
    files: 0,
    bytes: 0,
    doneFiles: 0,
    doneBytes: 0,
    copiedFiles: 0,
    copiedBytes: 0,
    bytesPerSecond: null,
    clearing: null,
    stoppedBy: null,
    failures: [],
    offersImage: false,
  };
}
