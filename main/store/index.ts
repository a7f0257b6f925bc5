export { agencyUuid } from './agency-ids.ts';
export { type DataPaths, dataPaths, openDataFolder, StationIdentity } from './data-folder.ts';
export { type Db, isSqliteError, openDatabase, openReader, sql } from './database.ts';
export { fsyncFolder, makeFolderDurably, writeFileDurably } from './durable.ts';
export { currentOwner, type DataFolderLock, lockDataFolder, Owner } from './lock.ts';
export { MIGRATIONS } from './migrations/index.ts';
export { openPrivateRecords, type PrivateRecord, type PrivateRecords } from './private-records.ts';
export { readTable, type TableRow } from './table-file.ts';
export { openWorkingState } from './working-state.ts';
