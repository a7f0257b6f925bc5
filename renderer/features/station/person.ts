import type { PersonName } from '../../../main/contract/web/base.ts';
import type { Role } from '../../../main/contract/web/permissions.ts';

export type Person = { person: PersonName; roles: Role[]; canSignIn: boolean; lockedUntil: string | null };

/** Whom access is being given to. */
export type Subject = { isNew: boolean; number: string; name: string; roles: Role[] };

export function subjectOf({ person, roles }: Person): Subject {
  return { isNew: false, number: person.number ?? '', name: person.name ?? '', roles };
}
