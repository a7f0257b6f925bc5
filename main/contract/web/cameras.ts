import { z } from 'zod';
import { CameraClock, Password } from '../api/docking.ts';
import { outcomeOf } from '../api/outcome.ts';
import { Login, MergeReason } from '../entries/dock.ts';
import { Count, SizeBytes, Uuid } from '../values.ts';
import { needs, PersonName } from './base.ts';

const CameraSpace = z.object({ totalBytes: SizeBytes, freeBytes: SizeBytes });

/** Another registered camera that turned out to be this one. */
export const MergedCamera = z.object({ id: Uuid, serial: z.string(), identitySource: z.string() });
export type MergedCamera = z.infer<typeof MergedCamera>;

export const CameraRow = z.object({
  id: Uuid,
  serial: z.string(),
  profile: z.string(),
  identitySource: z.string(),
  registeredAt: z.string(),
  merged: z.array(MergedCamera),
  lastDockedAt: z.string().nullable(),
  lastOfficer: PersonName.nullable(),
  items: Count,
  bytes: SizeBytes,
  damaged: Count,
  /** On a port now. */
  docked: z.boolean(),
  /** Of its own volume when it was last docked; null when that could not be measured. */
  space: CameraSpace.nullable(),
  /** On no port for 24 hours. */
  overdue: z.boolean(),
  /** How far off its clock was when it was last read; null when it never was. */
  clock: CameraClock.nullable(),
  /** When it was last unlocked; null when it never was, or did not say. */
  battery: z.object({ percent: Count, readAt: z.string() }).nullable(),
  /** The unit it belongs to by its own word. */
  unit: z.string().nullable(),
});
export type CameraRow = z.infer<typeof CameraRow>;

/** One stay of a camera at a port, and whose files it brought. */
export const CameraDocking = z.object({
  dockingId: Uuid,
  port: z.int().positive(),
  startedAt: z.string(),
  /** Null while it is there. */
  endedAt: z.string().nullable(),
  /** Whoever the files name; nobody when none of them does. */
  officers: z.array(PersonName),
  /** Copied in this docking, and met again unchanged; null until it is settled. */
  stored: Count.nullable(),
  storedBytes: SizeBytes.nullable(),
  seenAgain: Count.nullable(),
  /** Every file of it proven in the vault; null until it is settled. */
  safe: z.boolean().nullable(),
  space: CameraSpace.nullable(),
});
export type CameraDocking = z.infer<typeof CameraDocking>;

export const camerasContract = {
  list: needs('cameras.read').route({ method: 'GET', path: '/cameras', summary: 'Every registered camera' }).output(z.array(CameraRow)),
  /** Newest first, at most 200. */
  history: needs('cameras.read')
    .route({ method: 'GET', path: '/cameras/{id}/dockings', summary: 'When a camera was docked, and who had used it' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.array(CameraDocking))),
  profiles: needs('cameras.read')
    .route({ method: 'GET', path: '/cameras/profiles', summary: 'Kinds of camera the station knows' })
    .output(z.array(z.object({ id: z.string(), zh: z.string(), en: z.string(), /** Needs a password to be read. */ locked: z.boolean() }))),
  register: needs('cameras.register')
    .route({ method: 'POST', path: '/cameras', summary: 'Register a camera' })
    .input(z.object({ serial: z.string().trim().min(1).max(100), profile: z.string().max(40) }))
    .output(outcomeOf(z.object({ cameraId: Uuid, known: z.boolean() }))),
  setPassword: needs('cameras.register')
    .route({ method: 'POST', path: '/cameras/password', summary: 'Keep the password that unlocks a camera, or every camera of a kind' })
    .input(
      z.object({
        owner: z.union([z.strictObject({ camera: Uuid }), z.strictObject({ profile: z.string().max(40) })]),
        login: Login,
        password: Password,
      }),
    )
    .output(outcomeOf(z.void())),
  merge: needs('cameras.register')
    .route({ method: 'POST', path: '/cameras/{id}/merge', summary: 'Say that a registered camera has been another all along' })
    .input(z.object({ id: Uuid, into: Uuid, because: MergeReason }))
    .output(outcomeOf(z.void())),
  separate: needs('cameras.register')
    .route({ method: 'POST', path: '/cameras/{id}/separate', summary: 'Take a merge back' })
    .input(z.object({ id: Uuid }))
    .output(outcomeOf(z.void())),
};
