import { z } from 'zod';
import { outcomeOf } from '../api/outcome.ts';
import { Uuid } from '../values.ts';
import { needs, PersonName } from './base.ts';
import { Permission, Role } from './permissions.ts';

/** Number on the officer's certificate (执法证号). */
export const CertificateNumber = z.string().trim().min(1).max(60);
/** Four to twelve digits. */
export const Pin = z.string().regex(/^\d{4,12}$/);

export const SignedIn = z.object({
  person: PersonName,
  roles: z.array(Role),
  permissions: z.array(Permission),
  /** Seconds without a touch after which the session ends. */
  idleSeconds: z.int().positive(),
});
export type SignedIn = z.infer<typeof SignedIn>;

export const sessionContract = {
  /** Who is signed in here, whether the station still needs its first admin, and the zone (IANA) whose clocks its times are told by. */
  current: needs('public')
    .route({ method: 'GET', path: '/session', summary: 'Who is signed in' })
    .output(z.object({ session: SignedIn.nullable(), needsSetUp: z.boolean(), stationCode: z.string(), version: z.string(), zone: z.string() })),
  /** Fails with `session.wrong`, `session.locked` (after five failures, 15 minutes) or `session.new-pin-needed` (a one-time PIN). */
  signIn: needs('public')
    .route({ method: 'POST', path: '/session', summary: 'Sign in by certificate number and PIN' })
    .input(z.object({ number: CertificateNumber, pin: Pin, newPin: Pin.nullable().default(null) }))
    .output(outcomeOf(SignedIn)),
  signOut: needs('public')
    .route({ method: 'DELETE', path: '/session', summary: 'Sign out' })
    .output(z.object({ signedOut: z.boolean() })),
  /** A person touched the screen: the session goes on. Nothing else keeps it alive but playing. */
  touch: needs('signed-in')
    .route({ method: 'POST', path: '/session/touch', summary: 'Keep the session' })
    .output(z.object({ until: z.string() })),
  /** Makes the first admin, or one more, with the one-time code from the station's console. */
  setUp: needs('public')
    .route({ method: 'POST', path: '/session/set-up', summary: 'Make an admin with the one-time code' })
    .input(z.object({ code: z.string().regex(/^\d{4}-?\d{4}$/), number: CertificateNumber, name: z.string().trim().min(1).max(60), pin: Pin }))
    .output(outcomeOf(SignedIn)),
  people: needs('people.manage')
    .route({ method: 'GET', path: '/people', summary: 'People and their roles' })
    .output(z.array(z.object({ person: PersonName, roles: z.array(Role), canSignIn: z.boolean(), lockedUntil: z.string().nullable() }))),
  /** Gives a person roles and a new one-time PIN, which is shown once. No roles takes the access away. */
  giveAccess: needs('people.manage')
    .route({ method: 'POST', path: '/people/access', summary: 'Give a person roles and a one-time PIN' })
    .input(z.object({ number: CertificateNumber, name: z.string().trim().max(60), roles: z.array(Role).max(6) }))
    .output(outcomeOf(z.object({ personId: Uuid, oneTimePin: z.string().nullable() }))),
};
