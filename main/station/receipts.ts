import type { Ledger } from '../ledger/index.ts';

export type Receipts = { next(): Promise<void>; stop(): void };

/**
 * Listens for receipts of archives. `next` resolves when one has come since the last call of it, or since the start, also
 * when that was before anybody asked; and when the signal is aborted.
 */
export function listenForReceipts(ledger: Ledger, signal: AbortSignal): Receipts {
  let hasCome = signal.aborted;
  let waiting: (() => void) | null = null;
  const come = () => {
    hasCome = true;
    waiting?.();
  };
  const stop = ledger.subscribe((entries) => {
    if (entries.some((entry) => entry.type === 'forward.done')) come();
  });
  signal.addEventListener('abort', come, { once: true });
  return {
    async next() {
      if (!hasCome) await new Promise<void>((resolve) => (waiting = resolve));
      waiting = null;
      hasCome = false;
    },
    stop() {
      stop();
      signal.removeEventListener('abort', come);
    },
  };
}
