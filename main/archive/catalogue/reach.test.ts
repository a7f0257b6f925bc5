import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchiveLab, openArchiveLab } from '../../../fixtures/archive-lab.ts';
import { done } from '../../contract/errors.ts';
import { findDestination } from '../destinations.ts';
import { keepsCatalogue, reach } from './reach.ts';

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await openArchiveLab();
});
afterEach(() => lab.close());

async function nas() {
  await lab.add('nas', lab.far);
  const found = findDestination(lab.ledger, 'nas');
  if (!found.ok) throw new Error('not there');
  return found.value;
}

test('a destination that can keep nothing but bags has no catalogue, and who asks for it is told so', async () => {
  const destination = await nas();
  const open: typeof lab.context.connections.open = async (...asked) => {
    const opened = await lab.context.connections.open(...asked);
    if (!opened.ok) return opened;
    const { tables: _, ...bagsAlone } = opened.value;
    return done(bagsAlone);
  };
  const context = { ...lab.context, connections: { ...lab.context.connections, open } };
  expect(await keepsCatalogue(context, destination)).toBe(false);
  expect(await reach(context, destination)).toMatchObject({ ok: false, failure: { code: 'destination.no-catalogue', what: 'nas' } });
  expect(await keepsCatalogue(lab.context, destination)).toBe(true);
});

test('one whose place is not known, or that is another one now, is not reached', async () => {
  const destination = await nas();
  expect(await reach(lab.context, destination)).toMatchObject({ ok: true });
  const lost = { ...destination, settings: null };
  expect(await reach(lab.context, lost)).toMatchObject({ ok: false, failure: { code: 'destination.unreachable', what: 'nas' } });
  expect(await keepsCatalogue(lab.context, lost)).toBe(true);
  const other = { ...destination, id: '01a20c7f-f471-4727-97c3-000000000001' };
  expect(await reach(lab.context, other)).toMatchObject({ ok: false, failure: { code: 'destination.identity-differs' } });
});
