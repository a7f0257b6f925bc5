/** At most `limit()` holders at a time; others wait in order of asking. */
export function createSlots(limit: () => number) {
  const waiting: (() => void)[] = [];
  let held = 0;

  function pump(): void {
    while (held < limit()) {
      const next = waiting.shift();
      if (!next) return;
      held += 1;
      next();
    }
  }

  return {
    /** Resolves with the function that gives the slot back; an aborted asker gets one at once, to find out it is late. */
    acquire(signal: AbortSignal): Promise<() => void> {
      return new Promise((resolve) => {
        const give = () =>
          resolve(
            once(() => {
              held -= 1;
              pump();
            }),
          );
        waiting.push(give);
        signal.addEventListener('abort', () => {
          const at = waiting.indexOf(give);
          if (at < 0) return;
          waiting.splice(at, 1);
          resolve(() => undefined);
        });
        pump();
      });
    },
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
