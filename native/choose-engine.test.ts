import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addonHere, hasToolchain } from '../fixtures/copy-lab.ts';
import { chooseCopyEngine } from './choose-engine.ts';
import { loadAddon } from './compiled/addon.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-addon-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test('where it was built the native engine copies, and says from which sources', async () => {
  if (hasToolchain) addonHere();
  const { engine, portableBecause } = chooseCopyEngine(undefined);
  await engine.close();
  expect({ id: engine.id, portableBecause }).toEqual(
    hasToolchain
      ? { id: expect.stringMatching(/^native-1 sources-[0-9a-f]{12} libcrypto-3\.\S+ sha-\w+ sm3-\w+$/), portableBecause: null }
      : { id: expect.stringMatching(/^portable-1 node-24/), portableBecause: expect.stringMatching(/no compiler/) },
  );
});

test('the portable engine can be asked for, and is said to be there for that reason', async () => {
  const { engine, portableBecause } = chooseCopyEngine('portable');
  await engine.close();
  expect(engine.id).toMatch(/^portable-1 /);
  expect(portableBecause).toContain('EVIDOCK_ENGINE');
  expect(() => chooseCopyEngine('fast')).toThrow('EVIDOCK_ENGINE is native or portable, not fast');
});

test('an add-on that was not built, or does not load is not used, and it is said why', () => {
  expect(loadAddon([folder])).toEqual({ because: 'it was not built' });
  fs.writeFileSync(path.join(folder, 'not-built.txt'), 'there is no compiler here\n');
  expect(loadAddon([folder])).toEqual({ because: 'there is no compiler here' });
  fs.writeFileSync(path.join(folder, 'evidock_copy.node'), 'not a library');
  expect(loadAddon([folder])).toEqual({ because: expect.stringMatching(/^it does not load: /) });
});

if (hasToolchain) {
  test('a listener that throws is a bug that ends the process, as any other', () => {
    const long = path.join(folder, 'long');
    fs.writeFileSync(long, '');
    fs.truncateSync(long, 2_000_000_000);
    const script = `
      import { startEngine } from ${JSON.stringify(path.join(import.meta.dirname, '../fixtures/copy-lab.ts'))};
      const onProgress = () => { throw new Error('a bug in a listener'); };
      await startEngine('native').hash(Buffer.from(${JSON.stringify(long)}), { signal: new AbortController().signal, onProgress });`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(stderr).toContain('a bug in a listener');
    expect(status).toBe(1);
  });
}
