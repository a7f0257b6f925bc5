import path from 'node:path';
import type { Draft, Entry } from '../contract/entries/index.ts';
import type { DerivativeKind } from '../contract/entries/media.ts';
import { type Consumer, type Ledger, latestEntry } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { spaceOf } from '../vault/index.ts';
import { derivativeName, derive, type Source } from './derivatives.ts';
import { actor, type MediaContext } from './media-context.ts';
import { probeTools } from './tools.ts';

type Wanted = { itemId: string; kind: DerivativeKind; source: Source };

/**
 * Makes a poster of each clip and photo, and a proxy of each clip and voice note that a browser could not play. Waits
 * while ffmpeg is not installed or the disk has no room to spare: evidence goes first.
 */
export function derivativeStage(context: MediaContext): Consumer {
  const { ledger } = context;
  let tool: string | null = null;
  return {
    name: 'derivatives',
    types: ['unit.closed'],
    parallel: 1,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const { subject, body, seq } = entry as Entry<'unit.closed'>;
      const wanted = body.items.flatMap((item) => wantedFor(ledger, item.itemId));
      for (const [n, one] of wanted.entries()) {
        const step = n === wanted.length - 1 ? 'done' : `${one.kind}-${one.itemId}`;
        if (isRecorded(ledger, seq, step)) continue;
        if (lacksSpace(context)) return 'later';
        tool ??= await toolName(signal);
        const draft = tool === null ? null : await makeOne(context, subject.id, one, tool, signal);
        if (!draft) return 'later';
        await ledger.append([{ ...draft, cause: { consumer: 'derivatives', seq, step } }]);
      }
      return 'settled';
    },
  };
}

async function toolName(signal: AbortSignal): Promise<string | null> {
  const tools = await probeTools(signal);
  return tools.ok ? `ffmpeg ${tools.value.ffmpeg}` : null;
}

/** Whether this step was done before the station stopped. */
function isRecorded(ledger: Ledger, seq: number, step: string): boolean {
  const found = sql(ledger.reader, 'SELECT 1 FROM entries WHERE cause_consumer = ? AND cause_seq = ? AND cause_step = ?');
  return found.get('derivatives', seq, step) !== undefined;
}

function lacksSpace({ vault, vaultReserveBytes }: MediaContext): boolean {
  const space = spaceOf(vault.root, vaultReserveBytes?.() ?? null);
  return space.freeBytes < space.reserveBytes;
}

function wantedFor(ledger: Ledger, itemId: string): Wanted[] {
  const stored = latestEntry(ledger.reader, 'item.stored', itemId)?.body;
  const facts = latestEntry(ledger.reader, 'item.probed', itemId)?.body;
  if (!stored || facts?.outcome !== 'readable') return [];
  const { mediaKind, sizeBytes } = stored;
  const hasPicture = mediaKind !== 'audio' && facts.streams.some((stream) => stream.kind === 'video');
  const source: Source = { sizeBytes, hasPicture, isStill: mediaKind === 'photo' };
  const kinds: DerivativeKind[] = [
    ...(hasPicture ? (['poster'] as const) : []),
    ...(facts.browserPlayable || source.isStill ? [] : (['proxy'] as const)),
  ];
  return kinds.map((kind) => ({ itemId, kind, source }));
}

/** The entry that says what became of one derivative; null when it has to be tried again later. */
async function makeOne(context: MediaContext, unitId: string, wanted: Wanted, tool: string, signal: AbortSignal): Promise<Draft | null> {
  const { itemId, kind, source } = wanted;
  const about = {
    subject: { kind: 'item' as const, id: itemId },
    refs: [{ kind: 'unit' as const, id: unitId, role: 'unit' }],
    actor: actor('derivatives'),
    at: context.now(),
  };
  const original = context.vault.originalPath(itemId);
  if (!original.ok) return { type: 'derivative.failed', ...about, body: { kind, unitId, reason: 'input-missing', detail: original.failure.code } };
  const file = derivativeName(itemId, kind);
  const made = await derive(kind, original.value, path.join(context.derived, unitId, file), source, signal);
  if (made.ok) return { type: 'derivative.made', ...about, body: { kind, unitId, file, sizeBytes: made.sizeBytes, sha256: made.sha256, tool } };
  if (made.reason === 'aborted' || made.reason === 'missing' || made.reason === 'no-space') return null;
  return { type: 'derivative.failed', ...about, body: { kind, unitId, reason: made.reason, detail: made.detail } };
}
