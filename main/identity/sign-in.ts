import { randomInt, timingSafeEqual } from 'node:crypto';
import { done, failed, type Result } from '../contract/errors.ts';
import { agencyUuid } from '../store/index.ts';
import { accessOf, changePin, giveAccess, type IdentityContext, isPin } from './access.ts';
import type { Sessions } from './sessions.ts';

/**
 * Signs a person in by certificate number and PIN and gives the session's token. Fails with `session.locked`,
 * `session.wrong` (which does not say which of the two was wrong) or `session.new-pin-needed`.
 */
export async function signIn(
  context: IdentityContext,
  sessions: Sessions,
  input: { number: string; pin: string; newPin: string | null },
): Promise<Result<{ personId: string; token: string }>> {
  const { ledger } = context;
  const personId = agencyUuid(context.agencyId, 'person', input.number);
  const access = accessOf(ledger, personId);
  const locked = sessions.lockedUntil(personId);
  if (locked !== null) return failed('session.locked', input.number, new Date(locked).toISOString());
  const until = sessions.countWrong(personId);
  const right = await isPin(ledger, personId, input.pin);
  if (!access || access.roles.length === 0 || !right) return wrong(context, { personId, known: access !== null, number: input.number, until });
  sessions.forgetWrong(personId);
  if (access.oneTime) {
    if (input.newPin === null || input.newPin === input.pin) return failed('session.new-pin-needed', input.number);
    await changePin(context, personId, input.newPin);
  }
  const about = { subject: { kind: 'person' as const, id: personId }, actor: { kind: 'person' as const, id: personId }, at: context.now() };
  await ledger.append([{ type: 'session.started', ...about, body: {} }]);
  return done({ personId, token: sessions.start(personId) });
}

async function wrong(
  context: IdentityContext,
  { personId, known, number, until }: { personId: string; known: boolean; number: string; until: number | null },
): Promise<Result<never>> {
  if (until === null) return failed('session.wrong', number);
  const at = new Date(until).toISOString();
  const about = { subject: { kind: 'person' as const, id: personId }, actor: { kind: 'system' as const, id: 'sign-in' }, at: context.now() };
  // Made-up numbers are endless; they lock like any other and leave nothing on the ledger.
  if (known) await context.ledger.append([{ type: 'session.locked', ...about, body: { until: at } }]);
  return failed('session.locked', number, at);
}

/** The one-time code that lets whoever stands at the station's console make an admin. Held in memory, good once. */
export function createSetUpCode() {
  let code: string | null = null;
  let tries = 0;
  return {
    /** Makes a new code, which replaces the one before. */
    renew(): string {
      tries = 0;
      code = String(randomInt(100_000_000)).padStart(8, '0');
      return `${code.slice(0, 4)}-${code.slice(4)}`;
    },
    /** Uses the code up when it is right; five wrong ones use it up too. */
    take(given: string): boolean {
      const digits = given.replace('-', '');
      const right = code !== null && digits.length === code.length && timingSafeEqual(Buffer.from(digits), Buffer.from(code));
      tries += 1;
      if (right || tries >= 5) code = null;
      return right;
    },
  };
}
export type SetUpCode = ReturnType<typeof createSetUpCode>;

/** Makes an admin with the one-time code and signs them in. */
export async function setUpAdmin(
  context: IdentityContext,
  sessions: Sessions,
  code: SetUpCode,
  input: { code: string; number: string; name: string; pin: string },
): Promise<Result<{ personId: string; token: string }>> {
  if (!code.take(input.code)) return failed('session.code-wrong', input.number);
  const actor = { kind: 'system' as const, id: 'set-up' };
  const { personId } = await giveAccess(context, { ...input, roles: ['admin'] }, actor, input.pin);
  sessions.endAll(personId);
  sessions.forgetWrong(personId);
  return done({ personId, token: sessions.start(personId) });
}
