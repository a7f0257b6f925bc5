import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import type { Draft } from '../contract/entries/index.ts';
import type { Actor } from '../contract/values.ts';
import { Role } from '../contract/web/permissions.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { agencyUuid, type PrivateRecord, sql } from '../store/index.ts';

export type IdentityContext = { ledger: Ledger; agencyId: string; now(): string };
export type Access = { personId: string; roles: Role[]; oneTime: boolean };

/** The library's number for argon2id; its enum cannot be imported by single files. */
const ARGON2ID = 2;

/** OWASP's second recommendation for argon2id: 19 MiB, two passes; about 40 ms on a station. */
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const Roles = z.array(Role);

/** What a person may do, or null when nobody has ever given them access. */
export function accessOf(ledger: Ledger, personId: string): Access | null {
  const row = sql<{ roles: string; one_time: number }>(ledger.reader, 'SELECT roles, one_time FROM access WHERE person_id = ?').get(personId);
  return row ? { personId, roles: Roles.parse(JSON.parse(row.roles)), oneTime: row.one_time === 1 } : null;
}

/** Everyone who has, or once had, access. */
export function listAccess(ledger: Ledger): Access[] {
  return sql<{ person_id: string }>(ledger.reader, 'SELECT person_id FROM access ORDER BY seq')
    .all()
    .flatMap((row) => accessOf(ledger, row.person_id) ?? []);
}

/** Whether there is anyone who can run the station. */
export function hasAdmin(ledger: Ledger): boolean {
  return listAccess(ledger).some((access) => access.roles.includes('admin'));
}

/**
 * Gives a person roles and, with them, a PIN: the one given, or a one-time PIN of six digits that has to be changed at
 * first use. Returns that one-time PIN, which is nowhere else in readable form. No roles takes the access away.
 */
export async function giveAccess(
  context: IdentityContext,
  person: { number: string; name: string; roles: readonly Role[] },
  actor: Actor,
  pin: string | null = null,
): Promise<{ personId: string; oneTimePin: string | null }> {
  const { ledger } = context;
  const personId = agencyUuid(context.agencyId, 'person', person.number);
  const oneTimePin = pin === null && person.roles.length > 0 ? String(randomInt(1_000_000)).padStart(6, '0') : null;
  const about = { subject: { kind: 'person' as const, id: personId }, actor, at: context.now() };
  const former = ledger.records.get('person', personId);
  const drafts: Draft[] = [];
  if (!latestEntry(ledger.reader, 'person.registered', personId)) drafts.push({ type: 'person.registered', ...about, body: { source: 'operator' } });
  drafts.push({ type: 'access.given', ...about, body: { roles: [...person.roles], oneTime: oneTimePin !== null } });
  const records: PrivateRecord[] = [
    { kind: 'person', id: personId, data: { ...former, number: person.number, ...(person.name === '' ? {} : { name: person.name }) } },
  ];
  const chosen = pin ?? oneTimePin;
  if (chosen !== null) records.push(await credential(personId, chosen));
  await ledger.append(drafts, records);
  return { personId, oneTimePin };
}

/** Replaces a person's PIN by one of their own choosing. */
export async function changePin(context: IdentityContext, personId: string, pin: string): Promise<void> {
  const about = { subject: { kind: 'person' as const, id: personId }, actor: { kind: 'person' as const, id: personId }, at: context.now() };
  await context.ledger.append([{ type: 'pin.changed', ...about, body: {} }], [await credential(personId, pin)]);
}

/** Whether the PIN is the person's; takes as long for someone unknown. */
export async function isPin(ledger: Ledger, personId: string, pin: string): Promise<boolean> {
  const stored = ledger.records.get('credential', personId)?.['argon2id'];
  if (typeof stored === 'string') return verify(stored, pin);
  await hash(pin, COST);
  return false;
}

async function credential(personId: string, pin: string): Promise<PrivateRecord> {
  return { kind: 'credential', id: personId, data: { argon2id: await hash(pin, COST) } };
}
