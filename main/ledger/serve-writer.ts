import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { damageIn, dataPaths, isSqliteError, openDatabase, openPrivateRecords } from '../store/index.ts';
import { outdated, type Projection } from './projection.ts';
import { replay } from './replay.ts';
import { type Settlement, settle } from './settle.ts';
import { openStationKey } from './station-key.ts';
import { type AppendRequest, createWriter, type Writer } from './writer.ts';

export type WriterData = { root: string; stationId: string; sealEntries: number; sealAfterMs: number; renewKey: boolean };
export type ToWriter = { id: number } & ({ do: 'append'; request: AppendRequest } | { do: 'seal' } | { do: 'close' });
/** `trouble`: a seal that nobody asked for failed. */
export type FromWriter = { ready: Result<WriterReady> } | { id: number; result: unknown } | { trouble: Failure };
export type WriterReady = { settlement: Settlement; replayed: string[]; publicKey: string };

/** At most this many entries are flushed as one group. */
const GROUP_ENTRIES = 256;

/**
 * The body of the writer's worker thread: settles segments and database, brings outdated projections up, then serves
 * appends in groups. Requests that arrive while a group is being flushed form the next one, so a group never waits.
 */
export function serveWriter(projections: readonly Projection[]): void {
  const port = parentPort;
  if (!port) throw new Error('runs in a worker thread only');
  const data = workerData as WriterData;
  const started = startOrSay(data, projections);
  port.postMessage({ ready: started.ok ? done(started.value.ready) : started } satisfies FromWriter);
  if (started.ok) serve(port, data, started.value);
}

/** A disk on which nothing can be settled, and a database with damage in it, are no bugs: the station does not start, and says why. */
function startOrSay(data: WriterData, projections: readonly Projection[]): Result<Started> {
  try {
    return startWriter(data, projections);
  } catch (error) {
    const damage = damageIn(error, dataPaths(data.root, data.stationId).database);
    if (damage) return { ok: false, failure: damage };
    if (isSqliteError(error, 'SQLITE_FULL', 'SQLITE_IOERR') || (error as NodeJS.ErrnoException).code === 'ENOSPC') {
      return failed('ledger.write-failed', 'ledger', String(error));
    }
    throw error;
  }
}

type Started = { writer: Writer; ready: WriterReady; close(): void };

function startWriter(data: WriterData, projections: readonly Projection[]): Result<Started> {
  const paths = dataPaths(data.root, data.stationId);
  const opened = openDatabase(paths.database);
  if (!opened.ok) return opened;
  const db = opened.value;
  const stale = outdated(db, projections);
  if (stale.length > 0) replay(db, stale);
  const settled = settle(paths.ledger, db, projections);
  if (!settled.ok) return settled;
  const key = openStationKey(paths.stationKey, data.renewKey);
  const privately = openPrivateRecords(paths, { readonly: false });
  if (!privately.ok) return privately;
  const records = privately.value;
  const writer = createWriter({ station: data.stationId, folder: paths.ledger, db, records, projections, key });
  const ready = { settlement: settled.value, replayed: stale.map((one) => one.name), publicKey: key.publicKey };
  const close = () => {
    writer.close();
    records.close();
    db.close();
  };
  return done({ writer, ready, close });
}

function serve(port: MessagePort, data: WriterData, { writer, close }: Started): void {
  let waiting: { id: number; request: AppendRequest }[] = [];
  let scheduled = false;
  const timer = setInterval(sealUnasked, data.sealAfterMs);

  function sealUnasked(): void {
    const sealed = writer.seal();
    if (!sealed.ok) port.postMessage({ trouble: sealed.failure } satisfies FromWriter);
  }

  function flush(): void {
    scheduled = false;
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      waiting = waiting.slice(group.length);
      appendGroup(group);
      if (writer.openCount() >= data.sealEntries) sealUnasked();
    }
  }

  function appendGroup(group: typeof waiting): void {
    const result = writer.append(group.map((one) => one.request));
    // One request that the reducers can not take must not fail those that happened to come at the same time.
    if (!result.ok && result.failure.code === 'internal.bug' && group.length > 1) {
      for (const one of group) appendGroup([one]);
      return;
    }
    for (const [n, one] of group.entries()) {
      port.postMessage({ id: one.id, result: result.ok ? done(result.value[n]) : result } satisfies FromWriter);
    }
  }

  port.on('message', (message: ToWriter) => {
    if (message.do === 'append') {
      waiting.push(message);
      if (!scheduled) setImmediate(flush);
      scheduled = true;
      return;
    }
    flush();
    if (message.do === 'seal') {
      port.postMessage({ id: message.id, result: writer.seal() } satisfies FromWriter);
      return;
    }
    clearInterval(timer);
    close();
    port.postMessage({ id: message.id, result: null } satisfies FromWriter);
    port.close();
  });
}

function takeGroup<T extends { request: AppendRequest }>(waiting: readonly T[]): T[] {
  let entries = 0;
  const group: T[] = [];
  for (const one of waiting) {
    if (group.length > 0 && entries + one.request.drafts.length > GROUP_ENTRIES) break;
    entries += one.request.drafts.length;
    group.push(one);
  }
  return group;
}
