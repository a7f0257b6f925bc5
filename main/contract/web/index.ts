import { archiveWebContract } from './archive.ts';
import { camerasContract } from './cameras.ts';
import { casesContract } from './cases.ts';
import { recordingsContract } from './recordings.ts';
import { sessionContract } from './session.ts';
import { stationWebContract } from './station.ts';
import { wallContract } from './wall.ts';

/** By the names of its parts: written out, it is longer than the compiler takes. */
export type WebContract = {
  session: typeof sessionContract;
  wall: typeof wallContract;
  recordings: typeof recordingsContract;
  cases: typeof casesContract;
  archive: typeof archiveWebContract;
  cameras: typeof camerasContract;
  station: typeof stationWebContract;
};

/**
 * What screens and other systems may ask of a station over HTTP. Under `/api/v1` it is a stable interface (OpenAPI 3.1,
 * additive only); the form the bundled screens use on `/rpc-web` is private to them. No path of the file system goes in
 * or comes out.
 */
export const webContract: WebContract = {
  session: sessionContract,
  wall: wallContract,
  recordings: recordingsContract,
  cases: casesContract,
  archive: archiveWebContract,
  cameras: camerasContract,
  station: stationWebContract,
};
