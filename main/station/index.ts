export { hasAdmin } from '../identity/index.ts';
export { currentHolder, rebuildStation } from './offline.ts';
export { openStation, PROGRAM, type Station } from './open-station.ts';
export { PROJECTIONS } from './projections.ts';
export { type From, type RebuiltFromArchive, rebuildFromArchive } from './rebuild-from-archive.ts';
export { createRouter, type LocalRouter } from './router.ts';
export { type StationServer, serveStation } from './server.ts';
