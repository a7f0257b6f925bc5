import { z } from 'zod';
import { outcomeOf } from '../api/outcome.ts';
import { Count, SizeBytes, Uuid } from '../values.ts';
import { needs, PersonName } from './base.ts';

export const CameraRow = z.object({
  id: Uuid,
  serial: z.string(),
  profile: z.string(),
  identitySource: z.string(),
  registeredAt: z.string(),
  lastDockedAt: z.string().nullable(),
  lastOfficer: PersonName.nullable(),
  items: Count,
  bytes: SizeBytes,
  damaged: Count,
  /** Not docked for 24 hours. */
  overdue: z.boolean(),
});
export type CameraRow = z.infer<typeof CameraRow>;

export const camerasContract = {
  list: needs('cameras.read').route({ method: 'GET', path: '/cameras', summary: 'Every registered camera' }).output(z.array(CameraRow)),
  profiles: needs('cameras.read')
    .route({ method: 'GET', path: '/cameras/profiles', summary: 'Kinds of camera the station knows' })
    .output(z.array(z.object({ id: z.string(), zh: z.string(), en: z.string() }))),
  register: needs('cameras.register')
    .route({ method: 'POST', path: '/cameras', summary: 'Register a camera' })
    .input(z.object({ serial: z.string().trim().min(1).max(100), profile: z.string().max(40) }))
    .output(outcomeOf(z.object({ cameraId: Uuid, known: z.boolean() }))),
};
