import type { Projection } from '../ledger/index.ts';

/** Every projection of the station, in the order their tables are made. */
export const PROJECTIONS: readonly Projection[] = [];
