import { ORPCError } from '@orpc/server';
import { LedgerWriteError } from '../ledger/index.ts';
import { damageIn } from '../store/index.ts';

/**
 * Around every procedure: a ledger that could not be written, and a database with damage in it, reach whoever asked as what
 * they are, with the failure as the error's data. Anything else thrown is a bug and goes on as one.
 */
export async function tellingFailure<T>({ next }: { next(): T }): Promise<Awaited<T>> {
  try {
    return await next();
  } catch (error) {
    const damage = damageIn(error, 'evidock.db');
    if (damage) throw new ORPCError('DATABASE_DAMAGED', { status: 500, message: damage.detail, data: damage });
    if (!(error instanceof LedgerWriteError)) throw error;
    throw new ORPCError('LEDGER_WRITE_FAILED', { status: 507, message: error.message, data: error.failure });
  }
}
