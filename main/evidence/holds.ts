import { randomUUID } from 'node:crypto';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

type HoldContext = { ledger: Ledger; now(): string; actor: Actor };

/** A legal hold that stands: everything of the case is kept, however long. */
export type Hold = { holdId: string; at: string; by: Actor };

export function holdOf(reader: Db, caseId: string): Hold | null {
  const row = sql<{ hold_id: string; by_kind: Actor['kind']; by_id: string; at: string }>(
    reader,
    'SELECT hold_id, by_kind, by_id, at FROM held_cases WHERE case_id = ?',
  ).get(caseId);
  return row ? { holdId: row.hold_id, at: row.at, by: { kind: row.by_kind, id: row.by_id } } : null;
}

/** Puts a case under a legal hold, with the reason in a private record. One that is held already stays as it is. Fails with `case.unknown`. */
export async function holdCase({ ledger, now, actor }: HoldContext, caseId: string, reason: string): Promise<Result<{ changed: boolean }>> {
  if (!latestEntry(ledger.reader, 'case.imported', caseId)) return failed('case.unknown', caseId);
  if (holdOf(ledger.reader, caseId)) return done({ changed: false });
  const holdId = randomUUID();
  await ledger.append(
    [{ type: 'case.held', subject: { kind: 'case', id: caseId }, actor, at: now(), body: { holdId } }],
    [{ kind: 'hold', id: holdId, data: { reason } }],
  );
  return done({ changed: true });
}

/** Takes a case's legal hold back; its recordings are kept as long as the rules say. Fails with `case.unknown`. */
export async function releaseCase({ ledger, now, actor }: HoldContext, caseId: string): Promise<Result<{ changed: boolean }>> {
  if (!latestEntry(ledger.reader, 'case.imported', caseId)) return failed('case.unknown', caseId);
  const held = holdOf(ledger.reader, caseId);
  if (!held) return done({ changed: false });
  await ledger.append([{ type: 'case.released', subject: { kind: 'case', id: caseId }, actor, at: now(), body: { holdId: held.holdId } }]);
  return done({ changed: true });
}
