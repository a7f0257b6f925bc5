import { Worker } from 'node:worker_threads';
import { type Draft, ENTRY_BODIES, type Entry } from '../contract/entries/index.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { Actor, Cause, Instant, Ref, Subject } from '../contract/values.ts';
import { type DataPaths, type Db, openPrivateRecords, openReader, type PrivateRecord, type PrivateRecords } from '../store/index.ts';
import { assertLawful } from './canonical.ts';
import type { SealedName } from './segments.ts';
import type { FromWriter, ToWriter, WriterData, WriterReady } from './serve-writer.ts';

/** A ledger that could not be written. Whoever appends must stop what it is doing; nothing was recorded. */
export class LedgerWriteError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.code}: ${failure.what}: ${failure.detail}`);
    this.name = 'LedgerWriteError';
    this.failure = failure;
  }
}

export type Ledger = {
  /**
   * Appends the drafts together; when the promise resolves they are durable in segment and database and every
   * projection shows them. Rejects with `LedgerWriteError` when they could not be written.
   */
  append(drafts: readonly Draft[], records?: readonly PrivateRecord[]): Promise<Entry[]>;
  /** Seals the open segment; null when it was empty. Rejects with `LedgerWriteError` when it could not be written. */
  seal(): Promise<SealedName | null>;
  /** Called after each commit with the entries committed. */
  subscribe(listener: (entries: readonly Entry[]) => void): () => void;
  /** Why the ledger can not be written now: the last write failed, and none has succeeded since. */
  trouble(): Failure | null;
  /** Called whenever a write has failed. */
  onTrouble(listener: (failure: Failure) => void): () => void;
  /** Reads every committed entry and projection. */
  reader: Db;
  /** Names, numbers and paths that the ledger must not hold. */
  records: PrivateRecords;
  stationId: string;
  publicKey: string;
  /** What had to be repaired at start. */
  opened: WriterReady;
  close(): Promise<void>;
};

export type LedgerOptions = {
  paths: DataPaths;
  stationId: string;
  /** Worker entry that calls `serveWriter` with every projection. */
  writer: URL;
  /** Whether a new station key takes the place of the one there is; the caller announces it on the ledger. */
  renewKey?: boolean;
  sealEntries?: number;
  sealAfterMs?: number;
};

/** Opens the ledger: starts the writer thread, waits until segments and database are settled. */
export async function openLedger(options: LedgerOptions): Promise<Result<Ledger>> {
  const data: WriterData = {
    root: options.paths.root,
    stationId: options.stationId,
    sealEntries: options.sealEntries ?? 1000,
    sealAfterMs: options.sealAfterMs ?? 5 * 60_000,
    renewKey: options.renewKey ?? false,
  };
  const worker = new Worker(options.writer, { workerData: data });
  const calls = createCalls(worker);
  const ready = await calls.ready;
  if (!ready.ok) {
    await worker.terminate();
    return ready;
  }
  const reading = openReading(options.paths);
  if (reading.ok) return done(createLedger(options, calls, reading.value, ready.value));
  await worker.terminate();
  return reading;
}

type Reading = { reader: Db; records: PrivateRecords };

function openReading(paths: DataPaths): Result<Reading> {
  const reader = openReader(paths.database);
  if (!reader.ok) return reader;
  const records = openPrivateRecords(paths, { readonly: true });
  return records.ok ? done({ reader: reader.value, records: records.value }) : records;
}

function createLedger(options: LedgerOptions, calls: Calls, { reader, records }: Reading, ready: WriterReady): Ledger {
  const listeners = new Set<(entries: readonly Entry[]) => void>();
  const troubled = new Set<(failure: Failure) => void>();
  let trouble: Failure | null = null;
  const note = (failure: Failure) => {
    // A draft the reducers can not take is a bug of its command; the ledger is as well as before.
    if (failure.code !== 'ledger.write-failed') return;
    trouble = failure;
    for (const listener of troubled) listener(failure);
  };
  calls.onTrouble(note);
  async function write<T>(message: WithoutId<ToWriter>): Promise<T> {
    const result = (await calls.send(message)) as Result<T>;
    if (!result.ok) {
      note(result.failure);
      throw new LedgerWriteError(result.failure);
    }
    trouble = null;
    return result.value;
  }
  return {
    async append(drafts, privateRecords = []) {
      for (const draft of drafts) checkDraft(draft);
      const entries = await write<Entry[]>({ do: 'append', request: { drafts, records: privateRecords } });
      for (const listener of listeners) listener(entries);
      return entries;
    },
    seal: () => write<SealedName | null>({ do: 'seal' }),
    trouble: () => trouble,
    onTrouble(listener) {
      troubled.add(listener);
      return () => troubled.delete(listener);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reader,
    records,
    stationId: options.stationId,
    publicKey: ready.publicKey,
    opened: ready,
    async close() {
      await calls.send({ do: 'close' });
      reader.close();
      records.close();
    },
  };
}

/** A draft that breaks its schema is a bug in the command that made it. */
function checkDraft(draft: Draft): void {
  assertLawful(draft.body, draft.type);
  ENTRY_BODIES[draft.type].parse(draft.body);
  Actor.parse(draft.actor);
  Subject.parse(draft.subject);
  Instant.parse(draft.at);
  for (const ref of draft.refs ?? []) Ref.parse(ref);
  if (draft.cause) Cause.parse(draft.cause);
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Calls = {
  ready: Promise<Result<WriterReady>>;
  /** Resolves with the writer's answer; a writer that is gone answers with a failure. */
  send(message: WithoutId<ToWriter>): Promise<unknown>;
  onTrouble(listener: (failure: Failure) => void): void;
};

function createCalls(worker: Worker): Calls {
  const waiting = new Map<number, (value: unknown) => void>();
  let tell: (failure: Failure) => void = () => {};
  let next = 1;
  let gone: string | null = null;
  const ready = Promise.withResolvers<Result<WriterReady>>();

  worker.on('message', (message: FromWriter) => {
    if ('ready' in message) return ready.resolve(message.ready);
    if ('trouble' in message) return tell(message.trouble);
    waiting.get(message.id)?.(message.result);
    waiting.delete(message.id);
  });
  const lose = (reason: string) => {
    gone = reason;
    ready.resolve(failed('ledger.write-failed', 'writer thread', reason));
    for (const answer of waiting.values()) answer(failed('ledger.write-failed', 'writer thread', reason));
    waiting.clear();
  };
  worker.on('error', (error) => lose(String(error)));
  worker.on('exit', (code) => lose(`ended with code ${code}`));

  return {
    ready: ready.promise,
    onTrouble(listener) {
      tell = listener;
    },
    send(message) {
      if (gone !== null) return Promise.resolve(failed('ledger.write-failed', 'writer thread', gone));
      const id = next++;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage({ ...message, id } as ToWriter);
      });
    },
  };
}
