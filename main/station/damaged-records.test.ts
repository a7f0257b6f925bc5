import fs from 'node:fs';
import path from 'node:path';
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
