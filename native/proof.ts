import { failed } from '../main/contract/errors.ts';
import type { AtRest, Copied, Outcome, Proven } from './engine.ts';

/** The one place where a copy becomes a proven one: its target's device holds what was read from the source. */
export function proofOf(target: string, copied: Copied, held: AtRest): Outcome<Proven> {
  if (held.sha256 !== copied.sha256 || held.sizeBytes !== copied.sizeBytes) {
    return failed('vault.read-back-differs', target, `read ${copied.sha256}, device holds ${held.sha256}`);
  }
  return { ok: true, value: { ...copied, readBack: held.readBack } };
}
