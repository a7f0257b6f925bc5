import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { Login, MergeReason } from '../entries/dock.ts';
import { Failure } from '../errors.ts';
import { Actor, ClockSource, Count, DurationMs, SizeBytes, Uuid } from '../values.ts';
import { ImportReport, ListFile } from './evidence.ts';
import { outcomeOf } from './outcome.ts';

/** One docking under way or just finished, as a port's card shows it. */
export const LiveDocking = z.object({
  dockingId: Uuid,
  port: z.int().positive(),
  camera: z.string(),
  profile: z.string(),
  /**
   * `safe`: every file proven in the vault. `attention`: settled, but some files failed. `refused`: not one of ours.
   * `paused`: a person stopped the copying for the time being.
   */
  state: z.enum(['settling', 'planning', 'copying', 'paused', 'safe', 'attention', 'interrupted', 'refused', 'ended']),
  files: Count,
  bytes: SizeBytes,
  doneFiles: Count,
  doneBytes: SizeBytes,
  copiedFiles: Count,
  copiedBytes: SizeBytes,
  bytesPerSecond: Count.nullable(),
  /** What clearing did or waits for, once the docking is settled. */
  clearing: z.object({ removed: Count, kept: Count, waiting: Count }).nullable(),
  /** Who paused or cancelled the copying. */
  stoppedBy: Actor.nullable(),
  failures: z.array(Failure),
  /** No file system of it could be mounted: a raw image is all that can be had of it. */
  offersImage: z.boolean(),
});
export type LiveDocking = z.infer<typeof LiveDocking>;

/**
 * `pause`: stops at the next block, what is copied is kept. `cancel`: no more is copied until the camera is docked again.
 * `first`: its files before those of all other cameras, at once, with no copy under way stopped.
 */
export const SteeringAct = z.enum(['pause', 'resume', 'cancel', 'first']);
export type SteeringAct = z.infer<typeof SteeringAct>;

/** What is put first: the camera on a port, one clip on it by name or path, or an officer's files on all docked cameras. */
export const PutFirst = z.union([
  z.strictObject({ port: z.int().positive(), clip: z.string().min(1).max(1000) }),
  z.strictObject({ officer: z.string().trim().min(1).max(60) }),
]);
export type PutFirst = z.infer<typeof PutFirst>;

/** A socket of the dock whose number an admin showed by plugging something in. */
export const LearnedPort = z.object({ port: z.int().positive(), place: z.string(), device: z.string() });
export type LearnedPort = z.infer<typeof LearnedPort>;

/** A USB socket as the kernel knows it, and what is in it. */
export const UsbPort = z.object({
  /** Controller and chain of hub ports, the same after a reboot: `pci-0000:00:14.0-usb2-3.2`. */
  place: z.string(),
  /** Null where nothing has been yet, or what is there is not the dock's. */
  port: z.int().positive().nullable(),
  learned: z.boolean(),
  /** Cameras are expected here. */
  ofDock: z.boolean(),
  device: z.object({ name: z.string(), isHub: z.boolean(), speedMbps: z.number().nullable() }).nullable(),
  /** What is wrong with it, or with what is in it. */
  failures: z.array(Failure),
});
export type UsbPort = z.infer<typeof UsbPort>;

export const UsbReport = z.object({
  ports: z.array(UsbPort),
  /** What is wrong with the machine as a whole, or keeps the rest from being known. */
  failures: z.array(Failure),
});
export type UsbReport = z.infer<typeof UsbReport>;

/** What one source gave when it was ingested by command. */
export const IngestedSource = z.object({
  source: z.string(),
  camera: z.string().nullable(),
  dockingId: Uuid.nullable(),
  files: Count,
  stored: Count,
  storedBytes: SizeBytes,
  resumedBytes: SizeBytes,
  seenAgain: Count,
  refused: Count,
  damaged: Count,
  safe: z.boolean(),
  recordings: z.array(z.string()),
  failures: z.array(Failure),
});
export type IngestedSource = z.infer<typeof IngestedSource>;

export const PortNumber = z.object({ port: z.coerce.number().int().min(1).max(999) });

export const IngestEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('progress'), docking: LiveDocking }),
  z.object({ event: z.literal('done'), sources: z.array(IngestedSource) }),
]);
export type IngestEvent = z.infer<typeof IngestEvent>;

/**
 * How far off a camera's clock was when it was last read: `offsetMs` ahead of the station's (behind when negative), give or take
 * `uncertaintyMs`, as far as the station's own clock was right.
 */
export const CameraClock = z.object({
  readAt: z.string(),
  offsetMs: z.int(),
  uncertaintyMs: DurationMs,
  stationClock: ClockSource,
  /** When it was set after that; null when it was not. */
  setAt: z.string().nullable(),
});
export type CameraClock = z.infer<typeof CameraClock>;

/** Long enough for any kind of camera; how long it may really be, its kind says. */
export const Password = z.string().min(1).max(64);

export const dockingContract = {
  /** Every port with a camera on it, by port number. */
  live: oc.output(z.array(LiveDocking)),
  /** Ingests folders or mounted cards now; ends with one result for each. */
  ingest: oc
    .input(
      z.object({
        sources: z.array(z.string().min(1)).min(1).max(64),
        camera: z.string().min(1).max(100).nullable(),
        officer: z.string().min(1).max(60).nullable(),
        caseNumber: z.string().min(1).max(200).nullable(),
      }),
    )
    .output(eventIterator(IngestEvent)),
  /** Steers the copying of the camera on a port; fails with `docking.not-copying` when there is none. */
  steer: oc.input(z.object({ port: z.int().positive(), act: SteeringAct })).output(outcomeOf(LiveDocking)),
  /** Puts a clip, or an officer's files, before everything else that waits; fails with `docking.not-copying` when none does. */
  putFirst: oc.input(PutFirst).output(outcomeOf(z.object({ files: Count }))),
  /** Has images made of the cards on a port that could not be mounted, and returns; fails with `docking.no-image`. */
  takeImage: oc.input(PortNumber).output(outcomeOf(z.void())),
  /** Every USB socket of the machine; fails with `usb.not-watched`. */
  usbPorts: oc.output(outcomeOf(UsbReport)),
  /** Waits until something is plugged in: that place is the port from then on. */
  learnPort: oc.input(PortNumber).output(outcomeOf(LearnedPort)),
  forgetPort: oc.input(PortNumber).output(outcomeOf(z.void())),
  cameras: oc.output(
    z.array(
      z.object({
        cameraId: Uuid,
        serial: z.string(),
        identitySource: z.string(),
        profile: z.string(),
        items: Count,
        lastDocked: z.string().nullable(),
        /** Null when it was never read. */
        clock: CameraClock.nullable(),
        /** The camera it was merged into. */
        sameAs: Uuid.nullable(),
      }),
    ),
  ),
  importCameras: oc.input(ListFile).output(ImportReport),
  registerCamera: oc
    .input(z.object({ serial: z.string().min(1).max(100), profile: z.string() }))
    .output(outcomeOf(z.object({ cameraId: Uuid, known: z.boolean() }))),
  mergeCameras: oc.input(z.object({ camera: Uuid, into: Uuid, because: MergeReason })).output(outcomeOf(z.void())),
  /** Keeps the password of a camera, or of every camera of a kind that has none of its own. */
  setCameraPassword: oc
    .input(
      z.object({ owner: z.union([z.strictObject({ camera: Uuid }), z.strictObject({ profile: z.string() })]), login: Login, password: Password }),
    )
    .output(outcomeOf(z.void())),
  separateCamera: oc.input(z.object({ camera: Uuid })).output(outcomeOf(z.void())),
};
