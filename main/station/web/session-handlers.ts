import { ORPCError } from '@orpc/server';
import { done, failed } from '../../contract/errors.ts';
import { isAllowed, Permission } from '../../contract/web/permissions.ts';
import type { SignedIn } from '../../contract/web/session.ts';
import { accessOf, giveAccess, hasAdmin, type IdentityContext, listAccess, setUpAdmin, signIn } from '../../identity/index.ts';
import { PROGRAM } from '../open-station.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

/** Signing in and out, the first admin, and who may do what. */
export function sessionHandlers({ session: os }: GuardedContract) {
  return {
    current: os.current.handler(({ context }) => ({
      session: context.session ? signedIn(context, context.session.personId) : null,
      needsSetUp: !hasAdmin(context.station.ledger),
      stationCode: context.station.identity.stationCode,
      version: PROGRAM,
      zone: context.station.policy('camera-zone'),
    })),
    signIn: os.signIn.handler(async ({ context, input }) => {
      admitGuess(context);
      return welcome(context, await signIn(identityOf(context), context.sessions, input));
    }),
    signOut: os.signOut.handler(({ context }) => {
      if (context.session) context.sessions.end(context.session);
      context.setToken(null);
      return { signedOut: context.session !== null };
    }),
    touch: os.touch.handler(({ context }) => {
      if (context.session) context.sessions.touch(context.session);
      return { until: new Date(Date.parse(context.station.clock.now()) + idleSeconds(context) * 1000).toISOString() };
    }),
    setUp: os.setUp.handler(async ({ context, input }) => {
      admitGuess(context);
      return welcome(context, await setUpAdmin(identityOf(context), context.sessions, context.station.setUpCode, input));
    }),
    people: os.people.handler(({ context }) =>
      listAccess(context.station.ledger).map(({ personId, roles }) => {
        const lockedUntil = context.sessions.lockedUntil(personId);
        return {
          person: context.names.person(personId),
          roles,
          canSignIn: roles.length > 0,
          lockedUntil: lockedUntil === null ? null : new Date(lockedUntil).toISOString(),
        };
      }),
    ),
    giveAccess: os.giveAccess.handler(async ({ context, input }) => {
      const given = await giveAccess(identityOf(context), input, actorOf(context));
      context.sessions.endAll(given.personId);
      context.sessions.forgetWrong(given.personId);
      return done(given);
    }),
  };
}

/** PINs and codes that may be tried in a minute, of everybody together. */
const MAX_GUESSES = 30;

/** Whether one more PIN or code may be tried now. */
export function createGuessLimit(): () => boolean {
  let tries: number[] = [];
  return () => {
    const nowMs = performance.now();
    tries = tries.filter((atMs) => nowMs - atMs < 60_000);
    if (tries.length >= MAX_GUESSES) return false;
    tries.push(nowMs);
    return true;
  };
}

/** Counted here and not by the address of the request, which can be written in more than one way. */
function admitGuess(context: WebContext): void {
  if (!context.mayGuess()) throw new ORPCError('TOO_MANY_REQUESTS', { data: failed('request.refused', 'too many tries, again in a minute').failure });
}

function identityOf({ station }: WebContext): IdentityContext {
  return { ledger: station.ledger, agencyId: station.identity.agencyId, now: station.clock.now };
}

function welcome(context: WebContext, result: Awaited<ReturnType<typeof signIn>>) {
  if (!result.ok) return result;
  if (context.session) context.sessions.end(context.session);
  context.setToken(result.value.token);
  return done(signedIn(context, result.value.personId));
}

function signedIn(context: WebContext, personId: string): SignedIn {
  const roles = accessOf(context.station.ledger, personId)?.roles ?? [];
  const permissions = Permission.options.filter((permission) => isAllowed(roles, permission));
  return { person: context.names.person(personId), roles, permissions, idleSeconds: idleSeconds(context) };
}

function idleSeconds(context: WebContext): number {
  return context.station.policy('sign-out-after-seconds');
}
