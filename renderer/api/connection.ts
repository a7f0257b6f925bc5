import { useSyncExternalStore } from 'react';

/** `lost` only after the stream has been away long enough to say so; a short break is not shown. */
export type Connection = { state: 'connecting' | 'live' | 'lost'; clockOffsetMs: number };

let current: Connection = { state: 'connecting', clockOffsetMs: 0 };
const listeners = new Set<() => void>();

export function setConnection(change: Partial<Connection>): void {
  const next = { ...current, ...change };
  if (next.state === current.state && next.clockOffsetMs === current.clockOffsetMs) return;
  current = next;
  for (const listener of listeners) listener();
}

/** Whether what is shown is what the station says now, and how far its clock is from this browser's. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

export function connection(): Connection {
  return current;
}
