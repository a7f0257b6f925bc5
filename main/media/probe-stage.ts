import type { Entry } from '../contract/entries/index.ts';
import type { Consumer } from '../ledger/index.ts';
import { actor, type MediaContext } from './media-context.ts';
import { NOT_IN_VAULT, probe } from './probe.ts';

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
