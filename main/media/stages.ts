import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Draft, Entry } from '../contract/entries/index.ts';
import type { DerivativeKind } from '../contract/entries/media.ts';
import { type Consumer, entriesOfCamera, type Handled, type Ledger, latestEntry } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { derivativeName, derive } from './derivatives.ts';
import { NOT_IN_VAULT, probe } from './probe.ts';
import { clipOf, type FormerRecording, type PlannedUnit, planUnits, type UngroupedItem } from './units.pure.ts';

export type MediaContext = {
  ledger: Ledger;
  vault: Vault;
  /** Folder of derivatives, one subfolder per unit. */
  derived: string;
  now(): string;
  partialCloseAfterHours(): number;
};

/** Looks at each stored item once and records what it is as media. */
export function probeStage({ ledger, vault, now }: MediaContext): Consumer {
  return {
    name: 'probe',
    types: ['item.stored'],
    parallel: 2,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const { subject, body, seq } = entry as Entry<'item.stored'>;
      const file = vault.originalPath(subject.id);
      const facts = file.ok ? await probe(file.value, body, signal) : NOT_IN_VAULT;
      if (facts === 'later') return 'later';
      await ledger.append([
        { type: 'item.probed', subject, actor: actor('probe'), at: now(), body: facts, cause: { consumer: 'probe', seq, step: 'done' } },
      ]);
      return 'settled';
    },
  };
}

/** Closes recordings and the other units of a camera once everything on it is settled and probed. */
export function groupStage(context: MediaContext): Consumer {
  /** What groups a camera's items, one docking after the other: two at once would put an item into two units. */
  const turns = new Map<string, Promise<unknown>>();
  function inTurn<T>(cameraId: string, act: () => Promise<T>): Promise<T> {
    const mine = (turns.get(cameraId) ?? Promise.resolve()).catch(() => undefined).then(act);
    turns.set(cameraId, mine);
    return mine;
  }
  return {
    name: 'group',
    types: ['docking.proven', 'docking.ended'],
    parallel: 8,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const cameraId = entry.refs.find((ref) => ref.kind === 'camera')?.id;
      if (!cameraId) return 'settled';
      if (entry.type === 'docking.ended') {
        const due = closeUnfinished(context, entry as Entry<'docking.ended'>, cameraId);
        if (due !== 'now') return due;
      }
      return inTurn(cameraId, () => groupCamera(context, cameraId, entry.seq, signal));
    },
  };
}

/** Closes units of everything stored from a camera up to an entry. */
async function groupCamera({ ledger, now }: MediaContext, cameraId: string, seq: number, signal: AbortSignal): Promise<Handled> {
  const items = ungrouped(ledger, cameraId, seq);
  await allProbed(ledger, items, signal);
  if (signal.aborted) return 'later';
  const units = planUnits(
    items.map((item) => factsOf(ledger, item)),
    formerRecordings(ledger, cameraId),
  );
  if (units.length === 0) return 'settled';
  await ledger.append(units.map((unit, n) => closed(unit, cameraId, seq, n === units.length - 1 ? 'done' : `unit-${n}`, now())));
  return 'settled';
}

/** Whether what an unfinished docking left is to be closed without the camera: not before it had time to come back. */
function closeUnfinished(context: MediaContext, entry: Entry<'docking.ended'>, cameraId: string): Handled | 'now' {
  const { reader } = context.ledger;
  if (latestEntry(reader, 'docking.proven', entry.subject.id)) return 'settled';
  const back = sql(
    reader,
    "SELECT 1 FROM entries e JOIN entry_refs r USING (seq) WHERE e.type = 'docking.started' AND r.kind = 'camera' AND r.id = ? AND e.seq > ?",
  );
  if (back.get(cameraId, entry.seq)) return 'settled';
  const waitedMs = Date.parse(context.now()) - Date.parse(entry.at);
  return waitedMs >= context.partialCloseAfterHours() * 3_600_000 ? 'now' : 'later';
}

/** Items of a camera stored up to an entry that are in no unit. */
function ungrouped(ledger: Ledger, cameraId: string, upTo: number): Entry<'item.stored'>[] {
  const inUnit = sql(ledger.reader, 'SELECT 1 FROM unit_items WHERE item_id = ?');
  return entriesOfCamera(ledger.reader, 'item.stored', cameraId).filter((item) => item.seq <= upTo && !inUnit.get(item.subject.id));
}

/** Resolves when each item has been probed, or the signal is aborted. */
async function allProbed(ledger: Ledger, items: readonly Entry<'item.stored'>[], signal: AbortSignal): Promise<void> {
  const probed = sql(ledger.reader, 'SELECT 1 FROM probes WHERE item_id = ?');
  const missing = new Set(items.map((item) => item.subject.id).filter((id) => !probed.get(id)));
  if (missing.size === 0) return;
  await new Promise<void>((resolve) => {
    const stop = ledger.subscribe((entries) => {
      for (const entry of entries) if (entry.type === 'item.probed') missing.delete(entry.subject.id);
      if (missing.size === 0) finish();
    });
    const finish = () => {
      stop();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    signal.addEventListener('abort', finish, { once: true });
  });
}

function factsOf(ledger: Ledger, item: Entry<'item.stored'>): UngroupedItem {
  const probed = latestEntry(ledger.reader, 'item.probed', item.subject.id)?.body;
  const ref = (kind: string) => item.refs.find((one) => one.kind === kind)?.id ?? null;
  const path = ledger.records.get('item', item.subject.id)?.['path'];
  return {
    itemId: item.subject.id,
    dockingId: ref('docking') ?? '',
    officer: ref('person'),
    mediaKind: item.body.mediaKind,
    path: typeof path === 'string' ? path : null,
    start: item.body.start,
    durationMs: probed?.durationMs ?? null,
    damaged: probed?.outcome === 'damaged' || probed?.outcome === 'limit-exceeded',
    sequence: item.body.sequence,
  };
}

/** The last clips of this camera's recordings, which a clip found later may go on from. */
function formerRecordings(ledger: Ledger, cameraId: string): FormerRecording[] {
  return sql<{ unit_id: string; item_id: string }>(
    ledger.reader,
    `SELECT unit_id, item_id FROM units JOIN unit_items USING (unit_id) WHERE camera_id = ? AND kind = 'recording' AND role = 'clip'
     AND n = clips - 1 ORDER BY closed_seq DESC LIMIT 100`,
  )
    .all(cameraId)
    .flatMap((row) => {
      const stored = latestEntry(ledger.reader, 'item.stored', row.item_id);
      return stored ? [{ unitId: row.unit_id, lastClip: clipOf(factsOf(ledger, stored)) }] : [];
    });
}

function closed(unit: PlannedUnit, cameraId: string, seq: number, step: string, at: string): Draft {
  const { officer, dockings, ...body } = unit;
  return {
    type: 'unit.closed',
    subject: { kind: 'unit', id: uuidv7() },
    refs: [
      { kind: 'camera', id: cameraId, role: 'camera' },
      ...dockings.map((id) => ({ kind: 'docking' as const, id, role: 'docking' })),
      ...(officer ? [{ kind: 'person' as const, id: officer, role: 'officer' }] : []),
      ...body.items.map((item) => ({ kind: 'item' as const, id: item.itemId, role: item.role })),
    ],
    actor: actor('group'),
    at,
    body,
    cause: { consumer: 'group', seq, step },
  };
}

/** Makes a poster of each clip and photo, and a proxy of each clip that a browser could not play. */
export function derivativeStage(context: MediaContext): Consumer {
  const { ledger } = context;
  return {
    name: 'derivatives',
    types: ['unit.closed'],
    parallel: 1,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const { subject, body, seq } = entry as Entry<'unit.closed'>;
      const wanted = body.items
        .filter((item) => !item.damaged)
        .flatMap((item) => wantedFor(ledger, item.itemId).map((kind) => ({ itemId: item.itemId, kind })));
      for (const [n, { itemId, kind }] of wanted.entries()) {
        const draft = await makeOne(context, subject.id, itemId, kind, signal);
        if (!draft) return 'later';
        await ledger.append([{ ...draft, cause: { consumer: 'derivatives', seq, step: n === wanted.length - 1 ? 'done' : `${itemId}-${kind}` } }]);
      }
      return 'settled';
    },
  };
}

function wantedFor(ledger: Ledger, itemId: string): DerivativeKind[] {
  const facts = latestEntry(ledger.reader, 'item.probed', itemId)?.body;
  if (facts?.outcome !== 'readable') return [];
  const picture = facts.streams.some((stream) => stream.kind === 'video');
  return [...(picture ? (['poster'] as const) : []), ...(facts.browserPlayable ? [] : (['proxy'] as const))];
}

async function makeOne(
  { vault, derived, now }: MediaContext,
  unitId: string,
  itemId: string,
  kind: DerivativeKind,
  signal: AbortSignal,
): Promise<Draft<'derivative.made' | 'derivative.failed'> | null> {
  const original = vault.originalPath(itemId);
  if (!original.ok) throw new Error(`${original.failure.code}: ${original.failure.what}`);
  const name = derivativeName(itemId, kind);
  const made = await derive(kind, original.value, path.join(derived, unitId, name), signal);
  const about = { subject: { kind: 'item' as const, id: itemId }, actor: actor('derivatives'), at: now() };
  const refs = [{ kind: 'unit' as const, id: unitId, role: 'unit' }];
  if (made.ok) {
    const body = { kind, unitId, file: name, sizeBytes: made.sizeBytes, sha256: made.sha256, tool: 'ffmpeg' };
    return { type: 'derivative.made', ...about, refs, body };
  }
  if (made.reason === 'aborted' || made.reason === 'missing' || made.reason === 'no-space') return null;
  return { type: 'derivative.failed', ...about, refs, body: { kind, unitId, reason: made.reason, detail: made.detail } };
}

function actor(id: string) {
  return { kind: 'system' as const, id };
}
