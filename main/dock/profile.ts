import fs from 'node:fs';
import { z } from 'zod';
import { DRIVERS } from './protocols/drivers.ts';

type DriverId = keyof typeof DRIVERS;

/**
 * A camera profile: data that says how to recognise a kind of camera and what its file names mean. Patterns are matched
 * against the file's name and against its whole path; named groups give `serial`, `officer`, `time` (YYYYMMDDhhmmss) or
 * `date` and `clock`, `sequence`, `important`.
 */
export const Profile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  label: z.strictObject({ zh: z.string(), en: z.string() }),
  identity: z
    .discriminatedUnion('from', [
      z.strictObject({ from: z.literal('names') }),
      z.strictObject({ from: z.literal('ini'), file: z.string(), check: z.literal('sha256-first-8') }),
    ])
    .optional(),
  /** A kind that is no disk until it is unlocked: by which driver (`protocols/`), and under which vendor and product numbers it is met. */
  usb: z
    .strictObject({ driver: z.enum(Object.keys(DRIVERS) as [DriverId, ...DriverId[]]), ids: z.array(z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/)) })
    .optional(),
  names: z.array(z.string().transform((pattern) => new RegExp(pattern, 'u'))),
});
export type Profile = z.infer<typeof Profile>;

const FILES = ['ini-bound.json', 'ga-pattern.json', 'e1-family.json', 'generic-dcim.json'];

/** Every profile, most telling first; the last one fits any camera. Throws when a profile file is not valid. */
export function loadProfiles(): Profile[] {
  return FILES.map((name) => Profile.parse(JSON.parse(fs.readFileSync(new URL(`./profiles/${name}`, import.meta.url), 'utf8'))));
}
