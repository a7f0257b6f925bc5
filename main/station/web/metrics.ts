import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { forwardTroubles } from '../../archive/index.ts';
import { spaceOf } from '../../vault/index.ts';
import { destinationsOf, headOf, spaceWithForecast } from '../status.ts';
import { cardsOf } from './wall-handlers.ts';
import type { WebParts } from './web-context.ts';

/** The station in numbers, for Prometheus; nothing in it names a person. */
export function createMetrics(parts: WebParts) {
  const { station } = parts;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();

  function gauge(name: string, help: string, read: (gauge: Gauge) => void, labelNames: string[] = []): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        read(this);
      },
    });
  }

  gauge(
    'evidock_event_loop_delay_seconds',
    'Delay of the event loop since the start, by quantile',
    (one) => {
      for (const quantile of [50, 99, 100]) one.set({ quantile: String(quantile / 100) }, delay.percentile(quantile) / 1e9);
    },
    ['quantile'],
  );
  gauge('evidock_ledger_head', 'Sequence number of the newest ledger entry', (one) => one.set(headOf(station).seq));
  gauge('evidock_vault_free_bytes', 'Free bytes on the vault', (one) => one.set(spaceOf(station.vault.root, null).freeBytes));
  gauge(
    'evidock_vault_full_seconds',
    'Seconds until the vault is down to its reserve, by its growth; none while it does not grow, or before that is known',
    (one) => {
      const { forecast } = spaceWithForecast(station);
      if (forecast?.fullAt) one.set(Math.max(0, (Date.parse(forecast.fullAt) - Date.parse(station.clock.now())) / 1000));
    },
  );
  gauge('evidock_archive_troubles', 'Destinations whose newest attempt failed', (one) => one.set(forwardTroubles(station.ledger).length));
  gauge(
    'evidock_archive_waiting_units',
    'Units that wait for a destination',
    (one) => {
      for (const destination of destinationsOf(station)) one.set({ destination: destination.name }, destination.waiting);
    },
    ['destination'],
  );
  gauge('evidock_windows', 'Windows that hear what happens, live', (one) => one.set(parts.listening.windows));
  gauge(
    'evidock_ports',
    'Ports by the state their card shows',
    (one) => {
      for (const card of cardsOf(parts)) one.inc({ state: card.state });
    },
    ['state'],
  );

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    close: () => delay.disable(),
  };
}
