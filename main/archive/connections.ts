import type { DestinationSettings } from '../contract/api/archive.ts';
import type { Capability } from '../contract/entries/archive.ts';
import { failed, type Result } from '../contract/errors.ts';
import type { Db } from '../store/index.ts';
import type { Backend, Destination, ServerBackend } from './backend.ts';
import type { HashAtRest } from './bag.ts';
import { openFolder } from './folder-backend.ts';
import { createUploads } from './uploads.ts';

export type ServerSettings = Exclude<DestinationSettings, { kind: 'folder' }>;
/** What a destination needs of its station. */
export type BackendContext = { work: Db; nowMs(): number /** Silence after which the far end is taken for dead. */; silenceMs?: number };

/** A destination at the other end of a network. What its kind needs is loaded here and not before: a station without one never needs it. */
export async function openServer(
  context: BackendContext,
  id: string,
  settings: ServerSettings,
  capabilities: readonly Capability[],
): Promise<Result<ServerBackend>> {
  switch (settings.kind) {
    case 's3': {
      const { openS3 } = await import('./s3/s3-backend.ts');
      return openS3({ ...context, settings, capabilities, uploads: createUploads(context.work, id) });
    }
    case 'sftp': {
      const { openSftp } = await import('./sftp/sftp-backend.ts');
      return openSftp({ ...context, settings });
    }
    case 'swift': {
      const { openSwift } = await import('./swift/swift-backend.ts');
      return openSwift({ ...context, settings, uploads: createUploads(context.work, id) });
    }
  }
}

/**
 * Opens destinations. A connection over the network is kept until `close`, or until it is dropped because its key or its settings are no good any more.
 */
export function createConnections(context: BackendContext) {
  const kept = new Map<string, { settings: string; backend: Backend }>();

  async function open(
    { id, name, settings, capabilities }: Pick<Destination, 'id' | 'name' | 'settings' | 'capabilities'>,
    hashAtRest: HashAtRest,
  ): Promise<Result<Backend>> {
    if (settings === null) return failed('destination.unreachable', name, 'where it lies is not known');
    if (settings.kind === 'folder') return { ok: true, value: openFolder(settings.folder, hashAtRest) };
    const text = JSON.stringify([settings, capabilities]);
    const known = kept.get(id);
    if (known?.settings === text) return { ok: true, value: known.backend };
    await drop(id);
    const opened = await openServer(context, id, settings, capabilities);
    if (opened.ok) kept.set(id, { settings: text, backend: opened.value });
    return opened;
  }

  async function drop(id: string): Promise<void> {
    const known = kept.get(id);
    kept.delete(id);
    await known?.backend.close();
  }

  return {
    open,
    drop,
    async close() {
      await Promise.all([...kept.keys()].map(drop));
    },
  };
}
export type Connections = ReturnType<typeof createConnections>;
