import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchiveLab, openArchiveLab } from '../../../fixtures/archive-lab.ts';
import { DestinationSettings } from '../../contract/api/archive.ts';
import { DestinationAdded } from '../../contract/entries/archive.ts';
import { findDestination } from '../destinations.ts';
import { placeOf, placesIn } from './place.ts';

const STORE = '01a20c7f-f471-4727-97c3-000000000001';
const settings = { kind: 's3', endpoint: 'https://rgw.example', region: 'us-east-1', bucket: 'evidence', prefix: '', pathStyle: true };

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
});
afterEach(() => lab.close());

/** An object store as the ledger and its record know it; nobody asks it anything here. */
async function addStore(): Promise<void> {
  const body = DestinationAdded.parse({ name: 'store', kind: 's3', identity: STORE, sameDisk: false, capabilities: [] });
  const data = { ...DestinationSettings.parse({ ...settings, key: '/k', ca: null, lock: null }), capabilities: [] };
  await lab.ledger.append(
    [{ type: 'destination.added', subject: { kind: 'destination', id: STORE }, actor: { kind: 'system', id: 'test' }, at: lab.clock.now, body }],
    [{ kind: 'destination', id: STORE, data }],
  );
}

test('an object store has no catalogue: it is left out, and who names it is told so', async () => {
  await lab.add('nas', lab.far);
  await addStore();
  expect(placesIn(lab.ledger).map(({ name }) => name)).toEqual(['nas']);
  const store = findDestination(lab.ledger, 'store');
  if (!store.ok) throw new Error('not there');
  expect(placeOf(store.value, lab.context.hashAtRest)).toMatchObject({ ok: false, failure: { code: 'destination.no-catalogue', what: 'store' } });
});

test('a folder whose place is not known is not reachable', async () => {
  await lab.add('nas', lab.far);
  const nas = findDestination(lab.ledger, 'nas');
  if (!nas.ok) throw new Error('not there');
  const lost = placeOf({ ...nas.value, settings: null }, lab.context.hashAtRest);
  expect(lost).toMatchObject({ ok: false, failure: { code: 'destination.unreachable', what: 'nas' } });
  expect(placeOf(nas.value, lab.context.hashAtRest)).toMatchObject({ ok: true });
});
