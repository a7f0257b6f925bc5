import type { LearnedPort } from '../contract/api/docking.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { describeDevice, type UsbDevice } from '../dock/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Ports } from './ports.ts';

export type PortLearningOptions = {
  ledger: Ledger;
  stationId: string;
  ports: Ports;
  now(): string;
  /** How long something to be plugged in is waited for. */
  waitMs: number;
};

type Waiting = { port: number; actor: Actor; settle(result: Result<LearnedPort>): void };

export type PortLearning = ReturnType<typeof createPortLearning>;

/** An admin shows the station which socket a port is, by plugging something into it. One port is learnt at a time. */
export function createPortLearning({ ledger, stationId, ports, now, waitMs }: PortLearningOptions) {
  let waiting: Waiting | null = null;
  const about = (actor: Actor) => ({ subject: { kind: 'station' as const, id: stationId }, actor, at: now() });

  return {
    /**
     * Resolves when the next device is plugged in anywhere: that place is the port from then on. Fails with
     * `port.nothing-plugged` when for a while none is, `run.cancelled` when the signal aborts, `run.under-way` when another
     * port is being learnt.
     */
    async learn(port: number, actor: Actor, signal: AbortSignal): Promise<Result<LearnedPort>> {
      if (waiting) return failed('run.under-way', String(waiting.port));
      const { promise, resolve } = Promise.withResolvers<Result<LearnedPort>>();
      const stop = () => resolve(failed('run.cancelled', String(port)));
      const timer = setTimeout(() => resolve(failed('port.nothing-plugged', String(port))), waitMs);
      waiting = { port, actor, settle: resolve };
      signal.addEventListener('abort', stop);
      try {
        if (signal.aborted) stop();
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        waiting = null;
      }
    },

    /** Something was plugged in: learns its place when that is waited for. It counts only once it is on the ledger. */
    async plugged(device: UsbDevice): Promise<void> {
      if (!waiting) return;
      const { port, actor, settle } = waiting;
      await ledger.append([{ type: 'port.learned', ...about(actor), body: { port, place: device.slot } }]);
      ports.learn(device.slot, port);
      settle(done({ port, place: device.slot, device: describeDevice(device) }));
    },

    /** The port is none of the dock's any more; when it was the last one that was learnt, every port is again. */
    async forget(port: number, actor: Actor): Promise<Result<void>> {
      if (!ports.list().some((one) => one.port === port && ports.isLearned(one.slot))) return failed('port.not-learned', String(port));
      await ledger.append([{ type: 'port.forgotten', ...about(actor), body: { port } }]);
      ports.forget(port);
      return done(undefined);
    },
  };
}
