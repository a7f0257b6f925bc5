import { v5 as uuidv5 } from 'uuid';

/**
 * The UUIDv5 of something the agency itself numbers. Every station of an agency derives the same id from the same
 * number, so ledgers of different stations speak of the same person and the same case.
 */
export function agencyUuid(agencyId: string, kind: 'person' | 'case', naturalNumber: string): string {
  return uuidv5(`${kind}:${naturalNumber.normalize('NFC').trim()}`, agencyId);
}
