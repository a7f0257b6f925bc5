import type { Entry, EntryType } from '../contract/entries/index.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, type SealedBytes } from './canonical.ts';
import type { Ledger } from './ledger.ts';

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
 * reported, the entry waits, the others go on.
 */
export function runConsumer(ledger: Ledger, marks: Db, consumer: Consumer, onBug: (error: unknown) => void): RunningConsumer {
  const abort = new AbortController();
  const settled = new Set<number>();
  const later = new Set<number>();
  const active = new Map<number, Promise<void>>();
  let mark = readMark(marks, consumer.name);
  let idlers: (() => void)[] = [];
  const unsubscribe = ledger.subscribe(() => pump());
  const timer = setInterval(retry, consumer.retryAfterMs);
  timer.unref();

  function pump(): void {
    if (abort.signal.aborted) return;
    for (const entry of pending()) {
      if (active.size >= consumer.parallel) break;
      active.set(entry.seq, handle(entry));
    }
    if (active.size > 0) return;
    for (const resolve of idlers.splice(0)) resolve();
  }

  function* pending(): Generator<Entry> {
    let after = mark;
    for (;;) {
      const page = nextEntries(ledger.reader, consumer, after);
      for (const row of page) {
        after = row.seq;
        if (settled.has(row.seq) || later.has(row.seq) || active.has(row.seq)) continue;
        if (row.done) settleSeq(row.seq);
        else yield frameOf(row) as Entry;
      }
      if (page.length < PAGE) return;
    }
  }

  async function handle(entry: Entry): Promise<void> {
    try {
      const handled = await consumer.handle(entry, abort.signal);
      if (handled === 'settled') settleSeq(entry.seq);
      else later.add(entry.seq);
    } catch (error) {
      later.add(entry.seq);
      if (!abort.signal.aborted) onBug(error);
    } finally {
      active.delete(entry.seq);
      queueMicrotask(pump);
    }
  }

  /** Moves the mark over the settled entries that nothing unsettled comes before. */
  function settleSeq(seq: number): void {
    settled.add(seq);
    for (const row of nextEntries(ledger.reader, consumer, mark)) {
      if (!settled.has(row.seq) && !row.done) break;
      settled.delete(row.seq);
      mark = row.seq;
    }
    sql(marks, 'INSERT INTO consumer_marks (consumer, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq').run(consumer.name, mark);
  }

  function retry(): void {
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
      for (const resolve of idlers.splice(0)) resolve();
      idlers = [];
    },
  };
}

const PAGE = 200;

function nextEntries(reader: Db, consumer: Consumer, after: number): (SealedBytes & { seq: number; done: number })[] {
  const types = consumer.types.map(() => '?').join(', ');
  return sql<SealedBytes & { seq: number; done: number }>(
    reader,
    `SELECT seq, canonical, hash, EXISTS (
       SELECT 1 FROM entries r WHERE r.cause_consumer = ? AND r.cause_seq = e.seq AND r.cause_step = 'done') AS done
     FROM entries e WHERE type IN (${types}) AND seq > ? ORDER BY seq LIMIT ${PAGE}`,
  ).all(consumer.name, ...consumer.types, after);
}

function readMark(marks: Db, name: string): number {
  return sql<{ seq: number }>(marks, 'SELECT seq FROM consumer_marks WHERE consumer = ?').get(name)?.seq ?? 0;
}
