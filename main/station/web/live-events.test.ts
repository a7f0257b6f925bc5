import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { Entry } from '../../contract/entries/index.ts';
import type { LiveEvent, PortCard } from '../../contract/web/wall.ts';
import { liveEvents } from './live-events.ts';
import { emptyCard } from './port-cards.pure.ts';

/** Listens as a browser does; `until` reads on until an event is what is looked for. */
async function listen(url: string) {
  const gone = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, { signal: gone.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const heard: { event: LiveEvent; atMs: number }[] = [];
  let rest = '';
  async function until(looked: (event: LiveEvent) => boolean): Promise<LiveEvent> {
    for (let n = 0; ; ) {
      for (; n < heard.length; n += 1) if (looked(heard[n]?.event as LiveEvent)) return heard[n]?.event as LiveEvent;
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream ended');
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() as string;
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data: '));
        if (data && block.includes('event: message')) heard.push({ event: JSON.parse(data.slice(6)) as LiveEvent, atMs: performance.now() });
      }
    }
  }
  return { heard, until, leave: () => gone.abort() };
}

describe('what a listener hears', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await openWebLab({ docked: true });
  });
  afterAll(() => lab.close());

  test('a hello first, then a docking from beginning to end, without a gap, each port at most four times a second', async () => {
    const before = lab.listeners();
    const listener = await listen(lab.server.url);
    await listener.until((event) => event.event === 'hello');
    expect(lab.listeners()).toBe(before + 1);
    await Promise.all([
      lab.dockCamera({ clips: 3, photos: 2 }),
      listener.until((event) => event.event === 'port' && event.card.doneFiles > 0 && event.card.doneFiles === event.card.files),
      listener.until((event) => event.event === 'ledger' && event.entries.some((entry) => entry.type === 'unit.closed')),
    ]);
    expect(listener.heard[0]?.event.event).toBe('hello');
    expect(listener.heard.map(({ event }) => event.n)).toEqual(listener.heard.map((_, n) => n + 1));
    const port = listener.heard.filter(({ event }) => event.event === 'port' && event.card.port === 1);
    const perSecond = port.map(({ atMs }) => port.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000).length);
    // Four are sent; one that was sent before may come late on a busy machine.
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(5);
    const people = listener.heard.flatMap(({ event }) =>
      event.event === 'ledger' ? event.entries.filter((one) => one.subject.kind === 'person') : [],
    );
    expect(people.length).toBeGreaterThan(0);
    expect(people.every((one) => one.subject.id === '')).toBe(true);
    // The docking itself listens too, for its receipts.
    const withUs = lab.listeners();
    listener.leave();
    await expect.poll(() => lab.listeners(), { timeout: 10_000 }).toBe(withUs - 1);
  });

  test('twenty who come and go leave nothing behind', async () => {
    const before = lab.listeners();
    for (let n = 0; n < 20; n += 1) {
      const listener = await listen(lab.server.url);
      await listener.until((event) => event.event === 'hello');
      listener.leave();
    }
    await expect.poll(() => lab.listeners(), { timeout: 10_000 }).toBe(before);
  });
});

describe('a listener that is slow', () => {
  function source() {
    const listeners = new Set<(entries: readonly Entry[]) => void>();
    const shown: { card: PortCard } = { card: emptyCard(1) };
    const turned = { reconcile: 0, archive: 0, verify: 7, forward: 0 };
    return {
      listeners,
      shown,
      tell: (count: number) => {
        const entry = { seq: 1, type: 'item.stored', subject: { kind: 'item', id: 'x' } } as Entry;
        for (const listener of listeners) listener(Array.from({ length: count }, () => entry));
      },
      cards: () => [shown.card],
      head: () => 1,
      now: () => '2026-03-02T06:03:12.000Z',
      turns: () => ({ ...turned }),
      turned,
      subscribe(listener: (entries: readonly Entry[]) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }

  test('misses entries beyond its queue, sees a jump in n, and only the newest card', async () => {
    const from = source();
    const gone = new AbortController();
    const events = liveEvents(from, gone.signal);
    const next = async () => (await events.next()).value as LiveEvent;
    expect(await next()).toMatchObject({ n: 1, event: 'hello' });
    for (let n = 0; n < 50_000; n += 1) {
      from.tell(1);
      from.shown.card = { ...from.shown.card, doneFiles: n };
    }
    expect(await next()).toMatchObject({ event: 'port', card: { doneFiles: 49_999 } });
    const ledger = (await next()) as Extract<LiveEvent, { event: 'ledger' }>;
    expect(ledger.event).toBe('ledger');
    expect(ledger.entries.length).toBeLessThanOrEqual(2000);
    expect(ledger.n).toBeGreaterThan(3);
    gone.abort();
    expect((await events.next()).done).toBe(true);
    expect(from.listeners.size).toBe(0);
  });

  test('hears that there is something new of long work, and of which, but not what was new before it came', async () => {
    const from = source();
    const events = liveEvents(from, new AbortController().signal);
    const next = async () => (await events.next()).value as LiveEvent;
    await next();
    expect(await next()).toMatchObject({ event: 'port' });
    from.turned.reconcile += 2;
    expect(await next()).toEqual({ n: 3, event: 'work', work: 'reconcile' });
    from.turned.verify += 1;
    expect(await next()).toEqual({ n: 4, event: 'work', work: 'verify' });
    await events.return(undefined);
  });

  test('one that is left before its first event leaves nothing behind', async () => {
    const from = source();
    const events = liveEvents(from, new AbortController().signal);
    await events.return(undefined);
    expect(from.listeners.size).toBe(0);
  });
});
