import type { ObjectHeld, RetentionDue } from '../contract/entries/archive.ts';
import type { Entry } from '../contract/entries/index.ts';
import { done, type Result } from '../contract/errors.ts';
import { type Consumer, frameOf, type Ledger, type SealedBytes } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { asking } from './backend.ts';
import { type Destination, listDestinations } from './destinations.ts';
import type { ForwardContext } from './forward.ts';
import { noteAnswer } from './forward-once.ts';
import { toTell } from './retention.pure.ts';
import { retentionDue } from './retention-due.ts';

const ACTOR = { kind: 'system' as const, id: 'retention' };

/**
 * Tells every archive that holds a unit when it has to be kept for longer: once it is linked to a case, and when a legal hold
 * comes or goes. What an archive was told is on the ledger; a date is never made earlier. Rules that were changed count for
 * what happens from then on.
 */
export function retentionStage(context: ForwardContext): Consumer {
  const { ledger } = context;
  return {
    name: 'retention',
    types: ['forward.done', 'unit.linked', 'unit.unlinked', 'case.held', 'case.released'],
    parallel: 1,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const destinations = new Map(listDestinations(ledger).map((one) => [one.id, one]));
      let waiting = false;
      for (const unitId of unitsOf(ledger, entry)) {
        for (const held of receiptsOf(ledger, unitId)) {
          if (signal.aborted) return 'later';
          const destination = destinations.get(held.destinationId);
          if (destination && !(await tell(context, destination, { unitId, ...held }))) waiting = true;
        }
      }
      return waiting ? 'later' : 'settled';
    },
  };
}

/** Units that an entry may have changed the retention of. */
function unitsOf(ledger: Ledger, entry: Entry): string[] {
  if (entry.subject.kind === 'unit') return [entry.subject.id];
  return sql<{ unit_id: string }>(ledger.reader, 'SELECT unit_id FROM closed_units WHERE case_id = ? ORDER BY unit_id')
    .all(entry.subject.id)
    .map((row) => row.unit_id);
}

type Held = { destinationId: string; bag: string; seq: number; told: RetentionDue | null };

function receiptsOf(ledger: Ledger, unitId: string): Held[] {
  return sql<{ destination_id: string; bag: string; seq: number; until: string | null; legal_hold: number | null }>(
    ledger.reader,
    `SELECT r.destination_id, r.bag, r.seq, t.until, t.legal_hold FROM receipts r LEFT JOIN retentions t USING (unit_id, destination_id)
     WHERE r.unit_id = ? ORDER BY r.seq`,
  )
    .all(unitId)
    .map((row) => ({
      destinationId: row.destination_id,
      bag: row.bag,
      seq: row.seq,
      told: row.until === null ? null : { until: row.until, legalHold: row.legal_hold === 1 },
    }));
}

/** Whether a destination knows now how long it has to keep a unit. */
async function tell(context: ForwardContext, destination: Destination, held: Held & { unitId: string }): Promise<boolean> {
  const { ledger, breakers } = context;
  const next = toTell(retentionDue(ledger, held.unitId, context.retention()), held.told);
  if (next === null) return true;
  if (destination.schedule.paused || breakers.of(destination.id).standing === 'open') return false;
  const extended = await extend(context, destination, held, next);
  await noteAnswer(context, destination, extended.ok ? null : extended.failure);
  if (!extended.ok) return false;
  await ledger.append([
    {
      type: 'retention.extended',
      subject: { kind: 'unit', id: held.unitId },
      refs: [{ kind: 'destination', id: destination.id, role: 'destination' }],
      actor: ACTOR,
      at: context.now(),
      body: { destinationId: destination.id, ...next, enforcedUntil: extended.value },
    },
  ]);
  return true;
}

async function extend(context: ForwardContext, destination: Destination, { bag, seq }: Held, due: RetentionDue): Promise<Result<string | null>> {
  const opened = await context.connections.open(destination, context.hashAtRest);
  if (!opened.ok) return opened;
  const backend = opened.value;
  const extendThere = backend.extend;
  if (!extendThere) return done(null);
  return asking(backend, destination.name, async () => {
    const checked = await backend.check(destination.id);
    return checked.ok ? extendThere(bag, objectsOf(context.ledger, seq), due) : checked;
  });
}

function objectsOf(ledger: Ledger, seq: number): ObjectHeld[] {
  const sealed = sql<SealedBytes>(ledger.reader, 'SELECT canonical, hash FROM entries WHERE seq = ?').get(seq);
  return sealed ? ((frameOf(sealed) as Entry<'forward.done'>).body.objects ?? []) : [];
}
