export { type ArchivedLedger, readArchivedLedger, readNamesInBags, withArchive } from './archived-ledger.ts';
export type { Backend } from './backend.ts';
export { createBreakers, type DestinationStanding } from './breakers.ts';
export { explainArchiveDifference } from './catalogue/archive-explanations.ts';
export { listArchiveReconciliations, readArchiveResult } from './catalogue/archive-results.ts';
export { type ArchiveDesk, createArchiveDesk } from './catalogue/archive-stations.ts';
export { reconcileArchive } from './catalogue/reconcile-archive.ts';
export { type CatalogueContext, catalogueStage, writeCatalogues } from './catalogue/write-catalogue.ts';
export { type Connections, createConnections } from './connections.ts';
export type { DescribedUnit } from './described-unit.pure.ts';
export {
  addDestination,
  ensureLocal,
  findDestination,
  hasConfirmation,
  hostKeyOf,
  listDestinations,
  readsBack,
  testDestination,
} from './destinations.ts';
export { actorText, explainDifference, explanationsNow, reopenDifference } from './explanations.ts';
export { exportCase } from './export.ts';
export type { ForwardContext } from './forward.ts';
export { type FreeingContext, freeOriginals, runFreeing } from './free.ts';
export { isFreed } from './freed.ts';
export { type LedgerElsewhere, lookElsewhere } from './ledger-elsewhere.ts';
export { runOutbox } from './outbox.ts';
export { createPaces } from './paces.ts';
export { ARCHIVE_PROJECTION } from './projection.ts';
export { forwardAll } from './push.ts';
export { reconcile, type SourceFile } from './reconcile.ts';
export { listReconciliations, reportOf } from './reconcile-report.ts';
export { RECONCILIATION_PROJECTION } from './reconciliation-projection.ts';
export { readResult } from './results.ts';
export { retentionStage } from './retention.ts';
export { scheduleDestination } from './schedule.ts';
export { importConnection } from './swift/import-connection.ts';
export { TIMER, type Timer } from './timer.ts';
export { forwardTroubles, queueOf, totalsOf, troubleOf } from './trouble.ts';
export { UNWATCHED, type Watch } from './watch.ts';
