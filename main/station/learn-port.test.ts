import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { rememberedPorts, type UsbDevice } from '../dock/index.ts';
import { sql } from '../store/index.ts';
import { createPortLearning } from './learn-port.ts';
import { createPorts } from './ports.ts';

const ADMIN = { kind: 'cli' as const, id: 'admin' };
const NEVER = new AbortController().signal;

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
});
afterEach(() => lab.close());

function open(waitMs = 60_000) {
  const { ledger, identity, clock } = lab.station;
  const ports = createPorts(rememberedPorts(ledger));
  return { ports, learning: createPortLearning({ ledger, stationId: identity.stationId, ports, now: clock.now, waitMs }) };
}

const device = (slot: string): UsbDevice => ({
  ...{ path: `/sys/${slot}`, slot, instance: '1-2', vendorId: '1b4f', productId: '9206', manufacturer: 'Lab', product: 'Camera', serial: 'S-0001' },
  ...{ isHub: false, speedMbps: 480, usbVersion: '2.00', isFixed: false, interfaces: [], isPartial: false, disks: [], isComing: false },
});

/** Entries about ports, as they stand on the ledger. */
const onLedger = () =>
  sql<{ canonical: string }>(lab.station.ledger.reader, "SELECT canonical FROM entries WHERE type LIKE 'port.%' ORDER BY seq")
    .all()
    .map(({ canonical }) => JSON.parse(canonical) as { type: string; body: unknown; actor: unknown })
    .map(({ type, body, actor }) => ({ type, body, actor }));

test('where something is plugged in while port 3 is waited for is port 3, for good, and on the ledger with who said so', async () => {
  const { ports, learning } = open();
  expect(ports.isOfDock('pci-usb2-9')).toBe(true);
  const learned = learning.learn(3, ADMIN, NEVER);
  await learning.plugged(device('pci-usb2-7'));
  expect(await learned).toEqual({ ok: true, value: { port: 3, place: 'pci-usb2-7', device: '1b4f:9206 Lab Camera #S-0001' } });
  expect(onLedger()).toEqual([{ type: 'port.learned', body: { port: 3, place: 'pci-usb2-7' }, actor: ADMIN }]);
  await lab.stop();
  await lab.start();
  const again = open().ports;
  expect([again.numberOf('pci-usb2-7'), again.isOfDock('pci-usb2-7'), again.isOfDock('pci-usb2-9')]).toEqual([3, true, false]);
  expect(again.numberIfAny('pci-usb2-9')).toBeNull();
});

test('what is plugged in when nothing is waited for is nothing that was shown', async () => {
  const { ports, learning } = open();
  await learning.plugged(device('pci-usb2-7'));
  expect([ports.isLearned('pci-usb2-7'), onLedger()]).toEqual([false, []]);
});

test('a port shown a second time moves, and its old place is none of the dock’s; a place shown as another port has one number', async () => {
  const { ports, learning } = open();
  for (const [port, slot] of [
    [1, 'a'],
    [2, 'b'],
    [1, 'c'],
    [4, 'b'],
  ] as const) {
    const learned = learning.learn(port, ADMIN, NEVER);
    await learning.plugged(device(slot));
    await learned;
  }
  for (const now of [ports, open().ports]) {
    expect(['a', 'b', 'c'].map((slot) => [now.numberIfAny(slot), now.isOfDock(slot)])).toEqual([
      [null, false],
      [4, true],
      [1, true],
    ]);
  }
});

test('a number that a place took by itself is free for the place that is shown', async () => {
  const { ports, learning } = open();
  expect(ports.numberOf('by-itself')).toBe(1);
  const learned = learning.learn(1, ADMIN, NEVER);
  await learning.plugged(device('shown'));
  await learned;
  expect([ports.numberIfAny('by-itself'), ports.numberIfAny('shown')]).toEqual([null, 1]);
});

test('a port that is forgotten is none of the dock’s; after the last one every place is again', async () => {
  const { ports, learning } = open();
  const learned = learning.learn(3, ADMIN, NEVER);
  await learning.plugged(device('a'));
  await learned;
  expect(await learning.forget(5, ADMIN)).toMatchObject({ ok: false, failure: { code: 'port.not-learned', what: '5' } });
  expect(await learning.forget(3, ADMIN)).toMatchObject({ ok: true });
  expect([ports.isOfDock('b'), open().ports.isOfDock('b')]).toEqual([true, true]);
  expect(onLedger().at(-1)).toEqual({ type: 'port.forgotten', body: { port: 3 }, actor: ADMIN });
});

test('nothing plugged in, a second port at the same time, and a window that is closed: each says so and leaves nothing', async () => {
  const { learning } = open(10);
  expect(await learning.learn(3, ADMIN, NEVER)).toMatchObject({ ok: false, failure: { code: 'port.nothing-plugged', what: '3' } });
  const other = open();
  const closing = new AbortController();
  const waiting = other.learning.learn(3, ADMIN, closing.signal);
  expect(await other.learning.learn(4, ADMIN, NEVER)).toMatchObject({ ok: false, failure: { code: 'run.under-way', what: '3' } });
  closing.abort();
  expect(await waiting).toMatchObject({ ok: false, failure: { code: 'run.cancelled', what: '3' } });
  await other.learning.plugged(device('a'));
  expect(onLedger()).toEqual([]);
});

test('a station that does not watch USB says that it has no ports to show', async () => {
  const refused = { ok: false, failure: { code: 'usb.not-watched', what: lab.station.identity.stationCode } };
  expect(await lab.client.docking.usbPorts()).toMatchObject(refused);
  expect(await lab.client.docking.learnPort({ port: 3 })).toMatchObject(refused);
  expect(await lab.client.docking.forgetPort({ port: 3 })).toMatchObject(refused);
});
