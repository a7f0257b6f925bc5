import { z } from 'zod';
import { Instant } from '../values.ts';
import { Role } from '../web/permissions.ts';

/** What a person may do from now on; no roles takes the access away. `oneTime`: the PIN has to be changed at first use. */
export const AccessGiven = z.strictObject({ roles: z.array(Role), oneTime: z.boolean() });
/** The person chose a PIN; its hash lies in a private record. */
export const PinChanged = z.strictObject({});
export const SessionStarted = z.strictObject({});
/** Too many wrong PINs in a row. */
export const SessionLocked = z.strictObject({ until: Instant });

/** A person opened evidence; appended before its first byte is served. The reason lies in the view's private record. */
export const ItemViewed = z.strictObject({ viewId: z.string() });
