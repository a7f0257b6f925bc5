import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entriesOfType } from '../ledger/index.ts';
import { openStation, type Station } from './index.ts';

let lab: string;
beforeEach(() => {
  lab = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-genesis-'));
});
afterEach(() => fs.rmSync(lab, { recursive: true }));

async function open(): Promise<Station> {
  const opened = await openStation({ data: path.join(lab, 'data'), purpose: 'command', create: true, docks: [], mountTrees: [] });
  if (!opened.ok) throw new Error(opened.failure.code);
  return opened.value;
}

/** Endings on the ledger: what, of which camera, how. */
function endings(station: Station) {
  return entriesOfType(station.ledger.reader, 'docking.ended').map(({ subject, refs, body }) => ({ docking: subject.id, camera: refs[0]?.id, body }));
}

test('a docking a killed station left open is ended as not clean at the next start, once, and an ended one is left alone', async () => {
  const [left, ended, camera] = [uuidv7(), uuidv7(), uuidv7()];
  const first = await open();
  const about = (id: string) => ({
    subject: { kind: 'docking' as const, id },
    refs: [{ kind: 'camera' as const, id: camera, role: 'camera' }],
    actor: { kind: 'system' as const, id: 'dock' },
    at: first.clock.now(),
  });
  const facts = { port: 1, profile: 'generic', identitySource: 'operator', identityCheck: 'none', mountMode: 'folder', fileSystem: 'ext4' } as const;
  await first.ledger.append([
    { type: 'docking.started', ...about(ended), body: facts },
    { type: 'docking.ended', ...about(ended), body: { clean: true } },
    { type: 'docking.started', ...about(left), body: facts },
  ]);
  await first.close();
  for (let start = 1; start <= 2; start += 1) {
    const again = await open();
    expect(endings(again)).toEqual([
      { docking: ended, camera, body: { clean: true } },
      { docking: left, camera, body: { clean: false } },
    ]);
    await again.close();
  }
});
