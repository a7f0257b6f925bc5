import { expect, test } from 'vitest';
import { openLab } from '../../fixtures/ledger-lab.ts';
import type { Draft } from '../contract/entries/index.ts';
import { listenForReceipts } from './receipts.ts';

const destinationId = '01a20c7f-f471-7727-97c3-f503c7c323ee';
const hash = 'a'.repeat(64);
const receipt: Draft = {
  type: 'forward.done',
  subject: { kind: 'unit', id: destinationId },
  actor: { kind: 'system', id: 'test' },
  at: '2026-03-02T06:03:12.000Z',
  body: { destinationId, bag: 'bag', proof: 'read-back', manifestSha256: hash, tagManifestSha256: hash, items: [] },
};

test('a receipt that comes before anybody waits for it is not missed, and is told once', async () => {
  const lab = await openLab();
  const aborted = new AbortController();
  const receipts = listenForReceipts(lab.ledger, aborted.signal);
  await lab.ledger.append([receipt]);
  await receipts.next();
  let told = false;
  const second = receipts.next().then(() => {
    told = true;
  });
  await lab.ledger.append([{ ...receipt, type: 'clock.confirmed', subject: { kind: 'station', id: 's' }, body: { by: 'x' } }]);
  expect(told).toBe(false);
  aborted.abort();
  await second;
  receipts.stop();
  await lab.close();
});
