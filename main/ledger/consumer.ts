import type { Entry, EntryType } from '../contract/entries/index.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, type SealedBytes } from './canonical.ts';
import { type Ledger, LedgerWriteError } from './ledger.ts';

/** `settled`: never needed again. `later`: the outside world is not ready; asked again after `retryAfterMs` or a restart. */
export type Handled = 'settled' | 'later';

/**
 * A background stage: looks at entries of some types, does idempotent work, appends the results with
 * `cause {consumer, seq, step}`. An entry whose step `done` is on the ledger is settled for good; a stage that has
 * nothing to say about an entry just returns `settled`. Restarting is the recovery procedure.
 */
export type Consumer = {
  name: string;
  types: readonly EntryType[];
  /** Entries handled at the same time. */
  parallel: number;
  retryAfterMs: number;
  handle(entry: Entry, signal: AbortSignal): Promise<Handled>;
};

export type RunningConsumer = {
  /** Resolves when every entry so far is settled or waits for the outside world. */
  idle(): Promise<void>;
  /** Entries that wait for the outside world. */
  waiting(): number;
  /** Asks again for everything that waits, now. */
  retry(): void;
  stop(): Promise<void>;
};

/**
 * Runs a consumer until stopped. `marks` is working state: it holds how far everything is settled, so that a start does
 * not look at the whole ledger again; losing it costs that look and nothing else. A throw in `handle` is a bug: it is
 * reported, the entry waits, the others go on. A ledger that cannot be written is none: what waits for it is asked again
 * once a write succeeds.
 */
export function runConsumer(ledger: Ledger, marks: Db, consumer: Consumer, onBug: (error: unknown) => void): RunningConsumer {
  const abort = new AbortController();
  /** Entries looked up and not started yet, by sequence number. */
  let queue: number[] = [];
  /** Entries that wait for the outside world. */
  const later = new Set<number>();
  const active = new Map<number, Promise<void>>();
  /** Everything that is not settled among the entries looked up so far, in order. */
  const open = new Set<number>();
  let lookedUpTo = readMark(marks, consumer.name);
  let saved = lookedUpTo;
  let idlers: (() => void)[] = [];
  /** Set when a result could not be written; the next write that succeeds says that it is worth asking again. */
  let unwritten = false;
  const unsubscribe = ledger.subscribe(() => {
    if (unwritten) retry();
    else pump();
  });
  const timer = setInterval(retry, consumer.retryAfterMs);
  timer.unref();

  function pump(): void {
    if (abort.signal.aborted) return;
    while (active.size < consumer.parallel) {
      if (queue.length === 0) lookUp();
      const seq = queue.shift();
      if (seq === undefined) break;
      active.set(seq, handle(seq));
    }
    if (active.size > 0) return;
    saveMark();
    for (const resolve of idlers.splice(0)) resolve();
  }

  /** Queues the next entries that have no result yet. */
  function lookUp(): void {
    while (queue.length === 0) {
      const page = nextEntries(ledger.reader, consumer, lookedUpTo);
      for (const { seq, done } of page) {
        lookedUpTo = seq;
        if (done) continue;
        open.add(seq);
        queue.push(seq);
      }
      if (page.length < PAGE) return;
    }
  }

  async function handle(seq: number): Promise<void> {
    try {
      const handled = await consumer.handle(readEntry(ledger.reader, seq), abort.signal);
      if (handled === 'later') later.add(seq);
      else open.delete(seq);
    } catch (error) {
      later.add(seq);
      if (error instanceof LedgerWriteError) unwritten = true;
      else if (!abort.signal.aborted) onBug(error);
    } finally {
      active.delete(seq);
      if (mark() - saved >= SAVE_EVERY) saveMark();
      queueMicrotask(pump);
    }
  }

  /** Up to here everything is settled. */
  function mark(): number {
    const [first] = open;
    return first === undefined ? lookedUpTo : first - 1;
  }

  function saveMark(): void {
    if (mark() === saved) return;
    saved = mark();
    sql(marks, 'INSERT INTO consumer_marks (consumer, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq').run(consumer.name, saved);
  }

  function retry(): void {
    unwritten = false;
    queue = [...later, ...queue];
    later.clear();
    pump();
  }

  queueMicrotask(pump);
  return {
    idle() {
      return new Promise((resolve) => {
        idlers.push(resolve);
        queueMicrotask(pump);
      });
    },
    waiting: () => later.size,
    retry,
    async stop() {
      abort.abort();
      unsubscribe();
      clearInterval(timer);
      await Promise.allSettled(active.values());
      saveMark();
      for (const resolve of idlers.splice(0)) resolve();
      idlers = [];
    },
  };
}

const PAGE = 200;
/** Settled sequence numbers after which the mark is written; a crash costs looking at these again. */
const SAVE_EVERY = 100;

function nextEntries(reader: Db, consumer: Consumer, after: number): { seq: number; done: number }[] {
  const types = consumer.types.map(() => '?').join(', ');
  return sql<{ seq: number; done: number }>(
    reader,
    `SELECT seq, EXISTS (
       SELECT 1 FROM entries r WHERE r.cause_consumer = ? AND r.cause_seq = e.seq AND r.cause_step = 'done') AS done
     FROM entries e WHERE type IN (${types}) AND seq > ? ORDER BY seq LIMIT ${PAGE}`,
  ).all(consumer.name, ...consumer.types, after);
}

function readEntry(reader: Db, seq: number): Entry {
  const sealed = sql<SealedBytes>(reader, 'SELECT canonical, hash FROM entries WHERE seq = ?').get(seq);
  if (!sealed) throw new Error(`entry ${seq} was there a moment ago`);
  return frameOf(sealed) as Entry;
}

function readMark(marks: Db, name: string): number {
  return sql<{ seq: number }>(marks, 'SELECT seq FROM consumer_marks WHERE consumer = ?').get(name)?.seq ?? 0;
}
