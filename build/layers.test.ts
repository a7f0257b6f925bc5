import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkLayers, verdict } from './layers.ts';

async function checkTree(files: Record<string, string>) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-layers-'));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  const check = await checkLayers(root);
  fs.rmSync(root, { recursive: true });
  return check;
}

test.each([
  ['contract-stands-alone', { 'main/contract/a.ts': "import '../store/index.ts';\n", 'main/store/index.ts': 'export {};\n' }],
  ['domains-meet-in-the-ledger', { 'main/media/a.ts': "import '../archive/index.ts';\n", 'main/archive/index.ts': 'export {};\n' }],
  ['through-the-front-door', { 'main/media/a.ts': "import '../vault/inner.ts';\n", 'main/vault/inner.ts': 'export {};\n' }],
  ['nothing-imports-fixtures', { 'main/media/a.ts': "import '../../fixtures/x.ts';\n", 'fixtures/x.ts': 'export {};\n' }],
  ['screens-know-the-contract-only', { 'renderer/ui/a.tsx': "import '../../main/store/index.ts';\n", 'main/store/index.ts': 'export {};\n' }],
  [
    'features-meet-at-the-front-door',
    { 'renderer/features/wall/a.tsx': "import '../cases/inner.ts';\n", 'renderer/features/cases/inner.ts': 'export {};\n' },
  ],
  [
    'shared-parts-know-no-feature',
    { 'renderer/ui/a.tsx': "import '../features/cases/index.ts';\n", 'renderer/features/cases/index.ts': 'export {};\n' },
  ],
  ['no-cycles', { 'main/vault/a.ts': "import './b.ts';\nexport const a = 1;\n", 'main/vault/b.ts': "import './a.ts';\nexport const b = 1;\n" }],
])('a broken rule is reported: %s', async (rule, files) => {
  const check = await checkTree(files);
  expect(check.modules).toBe(2);
  expect(verdict(check).some((line) => line.startsWith(rule))).toBe(true);
});

test('a checker that saw nothing does not say that all is well', () => {
  expect(verdict({ modules: 0, files: 100, violations: [] })).toEqual(['looked at 0 modules of 100 source files']);
});
