import { migration010 } from './010-ledger.ts';
import { migration020 } from './020-entries-by-subject.ts';

/**
 * Numbered in tens, applied in order, never edited once released. Projections are not here: their tables are made by
 * the projections themselves and can always be dropped and replayed.
 */
export const MIGRATIONS: readonly { number: number; sql: string }[] = [migration010, migration020];
