import type { LedgerElsewhere } from '../archive/index.ts';
import type { Draft } from '../contract/entries/index.ts';
import { announcedKeyOf, LEDGER_LEAP, type Ledger } from '../ledger/index.ts';
import { type Db, type StationIdentity, sql } from '../store/index.ts';

const ACTOR = { kind: 'system' as const, id: 'station' };

/**
 * What a start puts on the ledger: the genesis entry on an empty one, what the settlement repaired, the end of dockings
 * that a former process left open, and that the station runs.
 */
export async function recordStart(
  ledger: Ledger,
  identity: StationIdentity,
  facts: { at: string; program: string; engine: string; clock: 'station-checked' | 'station-unchecked'; elsewhere: LedgerElsewhere },
): Promise<void> {
  const about = { subject: { kind: 'station' as const, id: identity.stationId }, actor: ACTOR, at: facts.at };
  if (!sql(ledger.reader, 'SELECT 1 FROM entries WHERE seq = 1').get()) {
    const { stationId, stationCode, agencyId } = identity;
    await ledger.append([{ type: 'ledger.opened', ...about, body: { stationId, stationCode, agencyId, publicKey: ledger.publicKey, format: 1 } }]);
  }
  const { settlement } = ledger.opened;
  const drafts: Draft[] = [];
  const former = announcedKeyOf(ledger.reader, Number.MAX_SAFE_INTEGER);
  if (former !== null && former !== ledger.publicKey) {
    const { relation, epoch, seq } = facts.elsewhere;
    const reason = relation === 'same' ? 'key-lost' : relation;
    const keys = { formerPublicKey: former, publicKey: ledger.publicKey };
    drafts.push({
      type: 'ledger.continued',
      ...about,
      body: { epoch: epoch + 1, reason, seq: Math.max(headSeq(ledger.reader), seq) + LEDGER_LEAP, ...keys },
    });
  }
  if (settlement.cutBytes > 0 || settlement.rolledForward > 0 || settlement.rewritten > 0) {
    drafts.push({ type: 'ledger.settled', ...about, body: settlement });
  }
  drafts.push(...endings(ledger.reader, facts.at));
  drafts.push({
    type: 'station.started',
    ...about,
    body: { program: facts.program, runtime: `node ${process.versions.node}`, engine: facts.engine, clock: facts.clock },
  });
  await ledger.append(drafts);
}

function headSeq(reader: Db): number {
  return sql<{ seq: number | null }>(reader, 'SELECT max(seq) AS seq FROM entries').get()?.seq ?? 0;
}

/** Nobody saw these cameras leave, so their dockings did not end cleanly, whatever state they were in. */
function endings(reader: Db, at: string): Draft[] {
  return sql<{ docking_id: string; camera_id: string }>(
    reader,
    "SELECT docking_id, camera_id FROM dockings WHERE state <> 'ended' ORDER BY started_seq",
  )
    .all()
    .map((row) => ({
      type: 'docking.ended',
      subject: { kind: 'docking', id: row.docking_id },
      refs: [{ kind: 'camera', id: row.camera_id, role: 'camera' }],
      actor: ACTOR,
      at,
      body: { clean: false },
    }));
}
