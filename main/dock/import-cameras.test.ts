import { expect, test } from 'vitest';
import { openStationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';

const csv = (text: string) => ({ name: 'cameras.csv', contentBase64: Buffer.from(text).toString('base64') });

test('a list of cameras is registered row by row; bad rows are named, importing twice changes nothing, and the listed ones are admitted', async () => {
  const lab = await openStationLab();
  await lab.client.station.setPolicy({ key: 'camera-admission', value: 'registered-only' });
  const list = csv('序列号,型号\nC370042,ga-pattern\nC370077,按名称编码的执法记录仪\n,ga-pattern\nC370099,no-such-kind\n');
  const report = await lab.client.docking.importCameras(list);
  expect(report).toMatchObject({ imported: 2, unchanged: 0 });
  expect(report.failures.map(({ code, what }) => [code, what.slice(0, 13)])).toEqual([
    ['camera.row-invalid', 'cameras.csv 4'],
    ['camera.row-invalid', 'cameras.csv 5'],
  ]);
  expect(await lab.client.docking.importCameras(list)).toMatchObject({ imported: 0, unchanged: 2 });
  expect(entriesOfType(lab.station.ledger.reader, 'camera.registered').map((entry) => entry.body.by)).toEqual(['import', 'import']);
  const name = (serial: string) => `DCIM/${serial}_012345_20260302140312_0001.MP4`;
  const listed = lab.card('listed', { [name('C370077')]: 'evidence' });
  const other = lab.card('other', { [name('C370099')]: 'evidence' });
  expect(await lab.ingest(listed, other)).toMatchObject([
    { safe: true, stored: 1 },
    { stored: 0, failures: [{ code: 'camera.not-registered' }] },
  ]);
  await lab.close();
});
