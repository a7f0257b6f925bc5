import { ORPCError } from '@orpc/server';
import type { Failure, Result } from '../contract/errors.ts';
import { LedgerWriteError } from '../ledger/index.ts';
import { damageIn } from '../store/index.ts';

/** What a thrown error means when it is one that a disk may cause; null for a bug. */
export function failureIn(error: unknown): Failure | null {
  return error instanceof LedgerWriteError ? error.failure : damageIn(error, 'evidock.db');
}

/**
 * Around every procedure: a ledger that could not be written, and a database with damage in it, reach whoever asked as what
 * they are, with the failure as the error's data. Anything else thrown is a bug and goes on as one.
 */
export async function tellingFailure<T>({ next }: { next(): T }): Promise<Awaited<T>> {
  try {
    return await next();
  } catch (error) {
    const failure = failureIn(error);
    if (failure === null) throw error;
    if (!(error instanceof LedgerWriteError)) throw new ORPCError('DATABASE_DAMAGED', { status: 500, message: failure.detail, data: failure });
    throw new ORPCError('LEDGER_WRITE_FAILED', { status: 507, message: error.message, data: failure });
  }
}

/** The value; a failure reaches whoever asked as the error's data, where the answer itself has no place for one. */
export function valueOrTold<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ORPCError('FAILED', { status: 409, message: result.failure.code, data: result.failure });
}
