import path from 'node:path';
import type { IngestEvent, IngestedSource } from '../contract/api/docking.ts';
import { failed } from '../contract/errors.ts';
import { folderVolume, readMounts, type Volume } from '../dock/index.ts';
import { linkUnit } from '../evidence/index.ts';
import { sql } from '../store/index.ts';
import type { Operator } from './identify.ts';
import type { Station } from './open-station.ts';

/** How often progress is told while sources are being copied. */
const TELL_MS = 250;

/**
 * Ingests folders or mounted cards by command, all at the same time, and waits until what was stored is grouped into
 * recordings. Tells progress while it runs and ends with one result per source.
 */
export async function* ingestSources(
  station: Station,
  request: { sources: readonly string[]; operator: Operator; caseNumber: string | null },
): AsyncGenerator<IngestEvent> {
  const work = Promise.all(request.sources.map((source) => ingestOne(station, source, request.operator)));
  let finished = false;
  const end = work.finally(() => {
    finished = true;
  });
  while (!finished) {
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, TELL_MS))]);
    for (const docking of station.dockings.live()) yield { event: 'progress', docking };
  }
  const sources = await end;
  await station.idle();
  for (const source of sources) await complete(station, source, request.caseNumber);
  yield { event: 'done', sources };
}

async function ingestOne(station: Station, source: string, operator: Operator): Promise<IngestedSource> {
  const result: IngestedSource = {
    source,
    camera: null,
    dockingId: null,
    files: 0,
    stored: 0,
    storedBytes: 0,
    resumedBytes: 0,
    seenAgain: 0,
    refused: 0,
    damaged: 0,
    safe: false,
    recordings: [],
    failures: [],
  };
  const volume = volumeAt(source);
  if (!volume) return { ...result, failures: [failed('source.missing', source).failure] };
  const { done, session } = station.dockings.attach(volume, operator);
  const outcome = await done;
  result.failures = session.live.failures;
  if (session.camera) Object.assign(result, { camera: session.camera.serial, dockingId: session.camera.dockingId, files: session.live.files });
  if (outcome) {
    const { stored, storedBytes, resumedBytes, seenAgain, refused, safe, failures } = outcome;
    Object.assign(result, { stored, storedBytes, resumedBytes, seenAgain, refused, safe, failures });
  }
  await station.dockings.detach(volume);
  return result;
}

/** A folder given by command, as a volume; its own name is its place. Null when there is no such folder. */
function volumeAt(source: string): Volume | null {
  const root = path.resolve(source);
  return folderVolume(path.basename(root), root, readMounts().find((one) => one.mountPoint === root) ?? null);
}

async function complete(station: Station, source: IngestedSource, caseNumber: string | null): Promise<void> {
  const { ledger, identity, clock } = station;
  if (!source.dockingId) return;
  const damaged = sql<{ n: number }>(
    ledger.reader,
    "SELECT count(*) AS n FROM items JOIN probes USING (item_id) WHERE docking_id = ? AND outcome = 'damaged'",
  ).get(source.dockingId);
  source.damaged = damaged?.n ?? 0;
  source.recordings = sql<{ unit_id: string }>(
    ledger.reader,
    `SELECT unit_id FROM units WHERE kind = 'recording' AND unit_id IN (
       SELECT unit_id FROM unit_items JOIN items USING (item_id) WHERE items.docking_id = ?) ORDER BY closed_seq`,
  )
    .all(source.dockingId)
    .map((row) => row.unit_id);
  if (caseNumber === null) return;
  for (const unit of source.recordings) {
    const context = { ledger, agencyId: identity.agencyId, now: clock.now, actor: station.actor };
    const linked = await linkUnit(context, { unit, caseNumber, stage: null });
    if (!linked.ok) source.failures.push(linked.failure);
  }
}
