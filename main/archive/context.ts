import type { Ledger } from '../ledger/index.ts';
import type { DataPaths, Db } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';

/** What the archive's commands and stages need. */
export type ArchiveContext = {
  ledger: Ledger;
  vault: Vault;
  paths: DataPaths;
  work: Db;
  /** Name and version of the program, as written into bags. */
  program: string;
  now(): string;
  /** Bytes kept free on the vault's own file system; null for the vault's own rule. */
  vaultReserveBytes(): number | null;
};

export const ARCHIVE_ACTOR = { kind: 'system' as const, id: 'forward' };
