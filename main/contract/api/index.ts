import { archiveContract } from './archive.ts';
import { dockingContract } from './docking.ts';
import { evidenceContract } from './evidence.ts';
import { stationContract } from './station.ts';

/**
 * What the command line may ask of a station over its private socket, or in process. Paths in it are paths on this
 * machine, given by the user who owns the socket; the interface for browsers will be a narrower one.
 */
export const localContract = {
  station: stationContract,
  docking: dockingContract,
  evidence: evidenceContract,
  archive: archiveContract,
};
export type LocalContract = typeof localContract;
