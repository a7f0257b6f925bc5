import { failed, type Result } from '../contract/errors.ts';
import type { Db } from '../store/index.ts';
import type { Backend, Destination } from './backend.ts';
import type { HashAtRest } from './bag.ts';
import { openFolder } from './folder-backend.ts';
import { createUploads } from './uploads.ts';

/** What a destination needs of its station. */
export type BackendContext = { work: Db; nowMs(): number /** Silence after which the far end is taken for dead. */; silenceMs?: number };

/**
 * Opens destinations. What they need beyond Node is loaded when the first of its kind is opened, and a connection over the
 * network is kept until `close`, or until it is dropped because its key or its settings are no good any more.
 */
export function createConnections(context: BackendContext) {
  const kept = new Map<string, { settings: string; backend: Backend }>();

  async function open({ id, name, settings, capabilities }: Destination, hashAtRest: HashAtRest): Promise<Result<Backend>> {
    if (settings === null) return failed('destination.unreachable', name, 'where it lies is not known');
    if (settings.kind === 'folder') return { ok: true, value: openFolder(settings.folder, hashAtRest) };
    const text = JSON.stringify([settings, capabilities]);
    const known = kept.get(id);
    if (known?.settings === text) return { ok: true, value: known.backend };
    await drop(id);
    // Loaded here and not before: a station without an object store never needs its SDK.
    const { openS3 } = await import('./s3/s3-backend.ts');
    const opened = openS3({ ...context, settings, capabilities, uploads: createUploads(context.work, id) });
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
