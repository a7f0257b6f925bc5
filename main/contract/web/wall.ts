import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { PortNumber, PutFirst, SteeringAct } from '../api/docking.ts';
import { outcomeOf } from '../api/outcome.ts';
import { Failure } from '../errors.ts';
import { Count, SizeBytes } from '../values.ts';
import { needs } from './base.ts';

/** The one word a port's card says. */
export const PortState = z.enum([
  'empty',
  'recognising',
  'locked',
  'refused',
  'copying',
  'proving',
  'paused',
  'safe',
  'kept',
  'interrupted',
  'attention',
  'fault',
]);
export type PortState = z.infer<typeof PortState>;

/** A port as the wall shows it to everybody: no name beyond what policy lets the wall show. */
export const PortCard = z.object({
  port: z.int().positive(),
  state: PortState,
  dockingId: z.string().nullable(),
  camera: z.string().nullable(),
  /** By default surname and last two digits of the certificate number. */
  officer: z.string().nullable(),
  files: Count,
  doneFiles: Count,
  bytes: SizeBytes,
  doneBytes: SizeBytes,
  bytesPerSecond: Count.nullable(),
  /** When the camera will be ready, by the station's clock; null while that cannot be said. */
  readyAt: z.string().nullable(),
  /** What happens to the files on the camera: nothing yet, cleared, waiting for the archive (cleared at the next docking), or kept by policy. */
  clearing: z.enum(['none', 'cleared', 'waiting', 'kept']),
  /** Who paused or cancelled the copying: somebody at a screen, named as the wall may name them, or the command line. */
  stoppedBy: z.object({ kind: z.enum(['person', 'cli']), name: z.string().nullable() }).nullable(),
  /** At most 20; `failureCount` counts all. */
  failures: z.array(Failure),
  failureCount: Count,
  /** A raw image is all that can be had of it, if an admin wants one. */
  offersImage: z.boolean(),
});
export type PortCard = z.infer<typeof PortCard>;

/**
 * One thing that happened. `n` counts by one per connection; a listener that sees a gap, or a `hello`, reads everything
 * again. A port is told of at most four times a second; only its newest card is kept for a slow listener.
 */
export const LiveEvent = z.discriminatedUnion('event', [
  z.object({ n: z.int().positive(), event: z.literal('hello'), head: Count, stationTime: z.string() }),
  z.object({ n: z.int().positive(), event: z.literal('port'), card: PortCard }),
  z.object({
    n: z.int().positive(),
    event: z.literal('ledger'),
    /** The wall hears it too, so an entry about a person does not say about whom: its id is empty. */
    entries: z.array(z.object({ seq: Count, type: z.string(), subject: z.object({ kind: z.string(), id: z.string() }) })),
  }),
  /** There is something new to be seen of long work; what, only those may ask who may read it. */
  z.object({ n: z.int().positive(), event: z.literal('work'), work: z.enum(['reconcile', 'archive', 'verify', 'forward']) }),
  z.object({ n: z.int().positive(), event: z.literal('beat'), stationTime: z.string() }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;

export const wallContract = {
  ports: needs('public')
    .route({ method: 'GET', path: '/ports', summary: 'Every port and what is on it' })
    .output(
      z.object({ ports: z.array(PortCard), stationTime: z.string(), freeBytes: SizeBytes, totalBytes: SizeBytes, archiveReachable: z.boolean() }),
    ),
  steer: needs('dockings.steer')
    .route({ method: 'POST', path: '/ports/{port}/steer', summary: 'Pause, resume, cancel or put first what a port copies' })
    .input(z.object({ port: z.coerce.number().int().positive(), act: SteeringAct }))
    .output(outcomeOf(z.void())),
  putFirst: needs('dockings.steer')
    .route({ method: 'POST', path: '/ports/first', summary: "Put a clip or an officer's files before everything else that waits" })
    .input(PutFirst)
    .output(outcomeOf(z.object({ files: Count }))),
  takeImage: needs('station.configure')
    .route({ method: 'POST', path: '/ports/{port}/image', summary: 'Take a raw image of a card whose file system cannot be mounted' })
    .input(PortNumber)
    .output(outcomeOf(z.void())),
  events: needs('public')
    .route({ method: 'GET', path: '/events', summary: 'What happens, as it happens (server-sent events)' })
    .output(eventIterator(LiveEvent)),
};
