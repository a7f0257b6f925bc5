import { z } from 'zod';
import { ClockSource, Count, DurationMs, Instant, LocalDateTime, SizeBytes } from '../values.ts';

/** What a camera's identity rests on; `identity-block` is what it says of itself by its protocol. `folder-name` and `volume-uuid` are weak: nothing is taken as known by them. */
export const IdentitySource = z.enum(['operator', 'identity-file', 'name-pattern', 'usb-serial', 'volume-uuid', 'folder-name', 'identity-block']);
export type IdentitySource = z.infer<typeof IdentitySource>;

export const CameraRegistered = z.strictObject({
  /** The serial as the camera or the operator gives it. */
  serial: z.string().min(1).max(100),
  identitySource: IdentitySource,
  profile: z.string(),
  by: z.enum(['set-up', 'admin', 'import']),
});

/**
 * The subject has been one camera with the one referred to as `into` all along: seen under another name (a card reader,
 * a folder), given a new number, or registered under a number that was typed wrong. Nothing recorded before is altered;
 * it counts for `into` from here on.
 */
export const MergeReason = z.enum(['other-name', 'renumbered', 'typed-wrong']);
export type MergeReason = z.infer<typeof MergeReason>;
export const CameraMerged = z.strictObject({ because: MergeReason });

/** The subject was merged by mistake and stands by itself again. */
export const CameraSeparated = z.strictObject({});

/** What a USB device says of itself, and the numbers of its file systems. None of it is proof of anything. */
export const UsbFacts = z.strictObject({
  vendorId: z.string().max(10),
  productId: z.string().max(10),
  serial: z.string().max(100).nullable(),
  volumes: z.array(z.string().max(100)).max(64),
});
export type UsbFacts = z.infer<typeof UsbFacts>;

/** From now on the place (a USB position by controller and hub ports) is called by this number. */
export const PortNumbered = z.strictObject({ port: z.int().positive(), place: z.string().min(1).max(200) });

/**
 * An admin had something plugged in where this port is: the place is called by this number, and no other is. As long as any
 * port is learnt, only learnt ones are ports of the dock.
 */
export const PortLearned = z.strictObject({ port: z.int().positive(), place: z.string().min(1).max(200) });

/** The port is none of the dock's any more. */
export const PortForgotten = z.strictObject({ port: z.int().positive() });

export const DockingStarted = z.strictObject({
  /** Number people read on the port. */
  port: z.int().positive(),
  profile: z.string(),
  identitySource: IdentitySource,
  /** Outcome of checking the camera's identity file, where the profile has one. */
  identityCheck: z.enum(['none', 'valid', 'suspected-tampering']),
  /** How the volume was mounted; a read-write automount is a recorded exception. `protocol`, `image`: not at all, the camera itself gives its files, or its card is read as it is. */
  mountMode: z.enum(['ro', 'rw', 'folder', 'protocol', 'image']),
  fileSystem: z.string(),
  /** The USB device it was docked as, where the station knows it. */
  device: UsbFacts.optional(),
});
export type DockingStarted = z.infer<typeof DockingStarted>;

/** What the file system on the camera says of its size and room, before anything is copied or cleared. */
export const DockingMeasured = z.strictObject({ totalBytes: SizeBytes, freeBytes: SizeBytes });

/** An admin had an image made of the card in this port, which no file system on it could be mounted of; the docking begins with it. */
export const DockingImageOrdered = z.strictObject({ port: z.int().positive() });

export const DockingRefused = z.strictObject({
  port: z.int().positive(),
  reason: z.enum([
    ...(['camera.not-registered', 'camera.identity-twice', 'camera.unreadable'] as const),
    ...(['usb.not-a-camera', 'usb.composite', 'usb.not-privileged', 'usb.unstable', 'usb.wrong-mode'] as const),
    ...(['camera.password-missing', 'camera.password-wrong', 'camera.no-answer', 'camera.command-refused', 'camera.not-switched'] as const),
  ]),
  serial: z.string().nullable(),
  /** The USB device that was refused, where the station knows it, and its maker's words for it. */
  device: UsbFacts.optional(),
  deviceName: z.string().max(250).optional(),
});
export type DockingRefused = z.infer<typeof DockingRefused>;

/** What is on the camera and what will be done about it. Bytes are sizes as listed; only stored bytes are proven. */
export const DockingPlanned = z.strictObject({
  files: Count,
  bytes: SizeBytes,
  fresh: Count,
  known: Count,
  resumed: Count,
  refused: Count,
});

export const DockingInterrupted = z.strictObject({ reason: z.enum(['detached', 'station-stopped']) });
export const DockingResumed = z.strictObject({ port: z.int().positive() });

/**
 * A person ended the copying of this docking before all was copied. `files` and `bytes` were left on the camera; null when
 * its plan was not made yet.
 */
export const DockingCancelled = z.strictObject({ files: Count.nullable(), bytes: SizeBytes.nullable() });

/** Every file of the plan is settled. `safe` is said only when each one is proven in the vault. */
export const DockingProven = z.strictObject({
  stored: Count,
  storedBytes: SizeBytes,
  seenAgain: Count,
  refused: Count,
  failed: Count,
  safe: z.boolean(),
});

/** The camera is gone. `clean`: it left after everything on it was settled. */
export const DockingEnded = z.strictObject({ clean: z.boolean() });

/** Whose password a camera is unlocked with: the officer's, or that of whoever looks after it. */
export const Login = z.enum(['user', 'admin']);
export type Login = z.infer<typeof Login>;

/** The station keeps a password from now on: of the camera that is the subject, or (subject: the station) of every camera of a kind. */
export const CameraPasswordSet = z.strictObject({ profile: z.string(), login: Login });

/** The camera was locked and has been unlocked; what its identity block says of people is a private record of the camera. */
export const CameraUnlocked = z.strictObject({
  profile: z.string(),
  login: Login,
  /** Null when the camera gave none that could be read. */
  batteryPercent: z.int().min(0).max(100).nullable(),
  device: UsbFacts,
});

/**
 * What the camera's clock showed, before anything was done to it. It has no zone of its own: `zone` is the one that policy
 * sets cameras to. `offsetMs` is the camera's clock less the station's, so one that is slow has a negative one; the truth
 * lies within `uncertaintyMs` of it, as far as the station's own clock is right (`stationClock`).
 */
export const CameraClockRead = z.strictObject({
  cameraTime: LocalDateTime,
  zone: z.string(),
  stationTime: Instant,
  stationClock: ClockSource,
  offsetMs: z.int(),
  uncertaintyMs: DurationMs,
  /** The station is about to set it; without a `camera.clock-set` after it, whether it did is not known. */
  setting: z.boolean(),
});

/** The camera was told this time when it was this time, and confirmed it `lateMs` after that: by so much it may be slow since. */
export const CameraClockSet = z.strictObject({ cameraTime: LocalDateTime, zone: z.string(), lateMs: DurationMs });
