import type { Readable, Writable } from 'node:stream';

/** The browser would not, or could no longer, do what it was asked, or did not answer. */
export class BrowserRefusal extends Error {}

export type BrowserPipe = {
  /** Asks the browser, or one of its pages by session; rejects with `BrowserRefusal`. */
  ask(method: string, params: object, session?: string): Promise<Record<string, unknown>>;
};

/** A page that takes longer to answer hangs, or has crashed. */
const ANSWER_WITHIN_MS = 5000;

type Message = { id?: number; result?: Record<string, unknown>; error?: { message: string } };

/** Speaks the DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages, each ended by a zero byte. */
export function openBrowserPipe(toBrowser: Writable, fromBrowser: Readable): BrowserPipe {
  type Asked = { resolve(result: Record<string, unknown>): void; reject(error: Error): void; timer: NodeJS.Timeout };
  const waiting = new Map<number, Asked>();
  let last = 0;
  let rest = '';
  let gone = false;

  function settle(id: number): Asked | undefined {
    const asked = waiting.get(id);
    clearTimeout(asked?.timer);
    waiting.delete(id);
    return asked;
  }

  function take({ id, result, error }: Message): void {
    // Without an id it is something that the browser says by itself.
    if (id === undefined) return;
    if (error) settle(id)?.reject(new BrowserRefusal(error.message));
    else settle(id)?.resolve(result ?? {});
  }

  fromBrowser.setEncoding('utf8');
  fromBrowser.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message) as Message);
  });
  fromBrowser.on('close', () => {
    gone = true;
    for (const id of [...waiting.keys()]) settle(id)?.reject(new BrowserRefusal('the browser is gone'));
  });
  // A browser that ends closes its side; that it does is told by the other pipe.
  toBrowser.on('error', () => undefined);
  return {
    ask(method, params, session) {
      if (gone) return Promise.reject(new BrowserRefusal('the browser is gone'));
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(id)?.reject(new BrowserRefusal('no answer')), ANSWER_WITHIN_MS);
        timer.unref();
        waiting.set(id, { resolve, reject, timer });
        toBrowser.write(`${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`);
      });
    },
  };
}
