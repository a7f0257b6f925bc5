import { failed, type Result } from '../contract/errors.ts';
import type { Backend, Destination } from './backend.ts';
import type { HashAtRest } from './bag.ts';
import { openFolder } from './folder-backend.ts';

/** Opens what a destination is reached by. */
export function openBackend({ name, folder }: Destination, hashAtRest: HashAtRest): Result<Backend> {
  return folder === '' ? failed('destination.unreachable', name, 'where it lies is not known') : { ok: true, value: openFolder(folder, hashAtRest) };
}
