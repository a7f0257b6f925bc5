import type { Readable, Writable } from 'node:stream';

/** The browser would not, or could no longer, do what it was asked. */
export class BrowserRefusal extends Error {}

export type BrowserPipe = {
  /** Asks the browser, or one of its pages by session; rejects with `BrowserRefusal`. */
  ask(method: string, params: object, session?: string): Promise<Record<string, unknown>>;
};

type Message = { id?: number; result?: Record<string, unknown>; error?: { message: string } };

/** Speaks the DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages, each ended by a zero byte. */
export function openBrowserPipe(toBrowser: Writable, fromBrowser: Readable): BrowserPipe {
  const waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  let last = 0;
  let rest = '';
  let gone = false;

  function take({ id, result, error }: Message): void {
    const asked = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || !asked) return;
    waiting.delete(id);
    if (error) asked.reject(new BrowserRefusal(error.message));
    else asked.resolve(result ?? {});
  }

  fromBrowser.setEncoding('utf8');
  fromBrowser.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message) as Message);
  });
  fromBrowser.on('close', () => {
    gone = true;
    for (const asked of waiting.values()) asked.reject(new BrowserRefusal('the browser is gone'));
    waiting.clear();
  });
  // A browser that ends closes its side; that it does is told by the other pipe.
  toBrowser.on('error', () => undefined);
  return {
    ask(method, params, session) {
      if (gone) return Promise.reject(new BrowserRefusal('the browser is gone'));
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        toBrowser.write(`${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`);
      });
    },
  };
}
