export { clearDocking, type ClearOutcome } from './clear.ts';
export type { DockedCamera, FileFacts, IngestContext } from './docked-camera.ts';
export { pathText } from './path-text.ts';
export { INGEST_PROJECTION } from './projection.ts';
export { adoptUnrecorded } from './recover.ts';
export { joined, walk } from './walk.ts';
export { type DockingOutcome, type DockingProgress, newDockingId, runDocking } from './run-docking.ts';
