import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { rebuildStation } from './index.ts';

test.each(['private.db', 'keys/record-keys.db'])(
  '%s that is damaged is named; rebuild sets it aside and brings back the paths of items',
  async (name) => {
    const lab = await openStationLab();
    await lab.ingest(lab.card('card', { 'DCIM/clip.mp4': 'evidence' }));
    await lab.stop();
    const file = path.join(lab.data, name);
    for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
    fs.writeFileSync(file, 'no database at all'.repeat(1000));
    expect(await lab.open()).toMatchObject({ ok: false, failure: { code: 'database.damaged', what: file } });
    expect(rebuildStation(lab.data)).toMatchObject({ ok: true, value: { namesRestored: 1 } });
    expect(fs.readdirSync(path.dirname(file)).filter((one) => one.startsWith(`${path.basename(file)}.damaged-`))).toHaveLength(1);
    await lab.start();
    const [item] = entriesOfType(lab.station.ledger.reader, 'item.stored');
    expect(lab.station.ledger.records.get('item', item?.subject.id ?? '')).toMatchObject({ path: 'DCIM/clip.mp4' });
    await lab.close();
  },
);

test('a station whose database is damaged where it looks for its ports does not start, says so, and can be rebuilt', async () => {
  const lab = await openStationLab();
  await lab.ingest(lab.card('card', { 'DCIM/clip.mp4': 'evidence' }));
  await lab.stop();
  const file = path.join(lab.data, 'evidock.db');
  const db = new Database(file);
  const { root } = db.prepare('SELECT rootpage AS root FROM sqlite_schema WHERE name = ?').get('ports') as { root: number };
  const size = db.pragma('page_size', { simple: true }) as number;
  db.close();
  const handle = fs.openSync(file, 'r+');
  fs.writeSync(handle, Buffer.alloc(size, 0xa5), 0, size, (root - 1) * size);
  fs.closeSync(handle);
  // A second try finds it the same: the first has let go of everything.
  for (const _ of [1, 2]) expect(await lab.open()).toMatchObject({ ok: false, failure: { code: 'database.damaged', what: file } });
  expect(rebuildStation(lab.data)).toMatchObject({ ok: true });
  await lab.start();
  await lab.close();
});
