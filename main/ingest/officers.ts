import type { Draft } from '../contract/entries/index.ts';
import { agencyUuid, sql } from '../store/index.ts';
import { INGEST_ACTOR, type IngestContext } from './docked-camera.ts';

/** Registers officers by certificate number, each once; the number itself goes into the private record. */
export async function registerOfficers(
  context: IngestContext,
  officers: Iterable<{ number: string; source: 'profile' | 'operator' | 'file-name' }>,
): Promise<void> {
  for (const { number, source } of officers) {
    const personId = agencyUuid(context.agencyId, 'person', number);
    const known = sql(context.ledger.reader, "SELECT 1 FROM entries WHERE type = 'person.registered' AND subject_id = ?");
    if (known.get(personId)) continue;
    const draft: Draft = {
      type: 'person.registered',
      subject: { kind: 'person', id: personId },
      actor: INGEST_ACTOR,
      at: context.now(),
      body: { source },
    };
    await context.ledger.append([draft], [{ kind: 'person', id: personId, data: { number } }]);
  }
}
