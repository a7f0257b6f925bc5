import { z } from 'zod';
import { Failure } from '../errors.ts';

/** What a command did: `ok` when nothing was refused or failed; every case is listed either way. */
export function outcomeOf<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value }), z.object({ ok: z.literal(false), failure: Failure })]);
}
