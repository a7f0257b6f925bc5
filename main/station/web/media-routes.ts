import fs from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isFreed } from '../../archive/index.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { Uuid } from '../../contract/values.ts';
import { isAllowed } from '../../contract/web/permissions.ts';
import { accessOf, type Session } from '../../identity/index.ts';
import { sql } from '../../store/index.ts';
import { readRange } from './range.pure.ts';
import type { WebParts } from './web-context.ts';

/** Types a browser is told; anything else is handed out as bytes, never as a page. */
const TYPES = new Map(
  Object.entries({
    mp4: 'video/mp4',
    m4v: 'video/mp4',
    mov: 'video/mp4',
    webm: 'video/webm',
    mp3: 'audio/mpeg',
    wav: 'audio/wav',
    aac: 'audio/aac',
    m4a: 'audio/mp4',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
  }),
);

type Params = { itemId: string; what: string };
/** `root` is the folder of the data folder it lies below. */
type Found = { root: string; file: string; extension: string };

/**
 * Films, sound and pictures of items, with Range. An original or proxy is served only to a session that has opened its
 * recording with a reason; a poster to anyone who may read lists. The client names an item, never a file.
 */
export function mediaRoutes(app: FastifyInstance, parts: WebParts, sessionOf: (request: FastifyRequest) => Session | null): void {
  const handler = async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
    const session = sessionOf(request);
    if (!session) return reply.status(401).send(failed('session.needed', 'media'));
    const { itemId, what } = request.params;
    const unitId = Uuid.safeParse(itemId).success ? unitOf(parts, itemId) : null;
    if (unitId === null) return reply.status(404).send(failed('unit.unknown', itemId));
    const needed = what === 'poster' ? 'recordings.read' : 'recordings.view';
    const roles = accessOf(parts.station.ledger, session.personId)?.roles ?? [];
    if (!isAllowed(roles, needed) || (what !== 'poster' && !parts.sessions.hasOpened(session, unitId))) {
      return reply.status(403).send(failed('session.not-allowed', `media ${what}`));
    }
    if (what === 'original' && isFreed(parts.station.ledger.reader, itemId) && !parts.station.vault.holdsOriginal(itemId)) {
      return reply.status(404).send(failed('vault.item-freed', itemId));
    }
    const found = find(parts, itemId, unitId, what);
    if (!found) return reply.status(404).send(failed('unit.unknown', `${itemId} ${what}`));
    const opened = await open(found);
    if (!opened.ok) {
      if (opened.failure.code !== 'unit.unknown') parts.station.log.error({ itemId, failure: opened.failure }, 'a file cannot be shown');
      // Where it lies is for the log alone.
      return reply.status(404).send(failed(opened.failure.code, `${itemId} ${what}`));
    }
    // Playing counts as touching the screen; a list that loads its pictures does not.
    if (what !== 'poster') parts.sessions.touch(session);
    return send(request, reply, found.extension, opened.value);
  };
  // HEAD is named, or the framework would answer it with a length of its own.
  app.route({ method: ['GET', 'HEAD'], url: '/media/items/:itemId/:what', handler });
}

function unitOf({ station }: WebParts, itemId: string): string | null {
  return sql<{ unit_id: string }>(station.ledger.reader, 'SELECT unit_id FROM unit_items WHERE item_id = ?').get(itemId)?.unit_id ?? null;
}

function find({ station }: WebParts, itemId: string, unitId: string, what: string): Found | null {
  if (what === 'original') {
    const original = station.vault.originalPath(itemId);
    return original.ok ? { root: station.vault.root, file: original.value, extension: path.extname(original.value).slice(1).toLowerCase() } : null;
  }
  const derived = sql<{ file: string }>(station.ledger.reader, 'SELECT file FROM derivatives WHERE item_id = ? AND kind = ?').get(itemId, what);
  if (!derived) return null;
  const file = path.join(station.paths.derived, unitId, derived.file);
  return { root: station.paths.derived, file, extension: path.extname(derived.file).slice(1) };
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  extension: string,
  { handle, size }: { handle: fs.promises.FileHandle; size: number },
): Promise<FastifyReply> {
  // A range is for GET alone; one with a condition is ignored, because nothing here hands out a validator.
  const isPlain = request.method === 'GET' && request.headers['if-range'] === undefined;
  const range = readRange(isPlain ? request.headers.range : undefined, size);
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-disposition': 'inline',
    'content-type': TYPES.get(extension) ?? 'application/octet-stream',
  });
  if (range === 'unsatisfiable') {
    await handle.close();
    return reply.status(416).header('content-range', `bytes */${size}`).type('application/json').send(failed('request.refused', 'range'));
  }
  const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
  if (range !== 'whole') reply.status(206).header('content-range', `bytes ${start}-${end}/${size}`);
  reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD' || size === 0) {
    await handle.close();
    return reply.send();
  }
  return reply.send(handle.createReadStream({ start, end, highWaterMark: 256 * 1024 }));
}

/**
 * Opens a file below its root without following a link anywhere below it. A derivative may have been deleted at any time;
 * that is no fault (`unit.unknown`). Fails with `vault.unexpected` for what is no file of ours.
 */
async function open({ root, file }: Found): Promise<Result<{ handle: fs.promises.FileHandle; size: number }>> {
  try {
    const inside = path.relative(root, file);
    const expected = path.join(await fs.promises.realpath(root), inside);
    if (inside.startsWith('..') || (await fs.promises.realpath(file)) !== expected) return failed('vault.unexpected', file, 'a link');
    const handle = await fs.promises.open(expected, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (stat.isFile()) return done({ handle, size: stat.size });
    await handle.close();
    return failed('vault.unexpected', file, 'no file');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return failed(error.code === 'ENOENT' ? 'unit.unknown' : 'vault.unexpected', file, String(error.code));
  }
}
