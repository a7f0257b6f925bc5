export { frameOf, hashCanonical, lineOf, parseLine, type SealedBytes } from './canonical.ts';
export { type Consumer, type Handled, type RunningConsumer, runConsumer } from './consumer.ts';
export { LEDGER_LEAP } from './insert.ts';
export { type Ledger, LedgerWriteError, openLedger } from './ledger.ts';
export { merkleRoot, merkleTree, verifyInclusion } from './merkle.ts';
export type { Projection } from './projection.ts';
export { entriesAbout, entriesOfCamera, entriesOfType, epochOf, latestEntry } from './queries.ts';
export { type Rebuilt, rebuildDatabase, rebuildInto } from './rebuild.ts';
export { everyEntry, replay, tableDigests } from './replay.ts';
export { checkSealedChain, type SealedChain } from './sealed-chain.ts';
export {
  announcedKeyOf,
  type Closing,
  listSealed,
  OPEN_SEGMENT,
  parseSealed,
  readOpen,
  readSealed,
  type SealedName,
  sealedIn,
} from './segments.ts';
export { serveWriter } from './serve-writer.ts';
export { settle } from './settle.ts';
export { verifySignature } from './station-key.ts';
export { addTotal, totalOf, totalsTable } from './totals.ts';
export { type LedgerCheck, verifyLedger } from './verify.ts';
