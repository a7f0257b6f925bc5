export { type ClearOutcome, clearDocking } from './clear.ts';
export { comingFromMs } from './coming.ts';
export type { DockedCamera, FileFacts, IngestContext } from './docked-camera.ts';
export { pathText } from './path-text.ts';
export { INGEST_PROJECTION } from './projection.ts';
export { putFirst, type Wanted } from './put-first.ts';
export { adoptUnrecorded, settleBrokenPartials } from './recover.ts';
export { type DockingOutcome, type NextFile, newDockingId, runDocking, type Turn } from './run-docking.ts';
export { joined, walk } from './walk.ts';
