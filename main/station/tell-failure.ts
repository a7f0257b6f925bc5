import { ORPCError } from '@orpc/server';
import { LedgerWriteError } from '../ledger/index.ts';

/**
 * Around every procedure: a ledger that could not be written reaches whoever asked as what it is, with its failure as the
 * error's data. Anything else thrown is a bug and goes on as one.
 */
export async function tellingFailure<T>({ next }: { next(): T }): Promise<Awaited<T>> {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof LedgerWriteError)) throw error;
    throw new ORPCError('LEDGER_WRITE_FAILED', { status: 507, message: error.message, data: error.failure });
  }
}
