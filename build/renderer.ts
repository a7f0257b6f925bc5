import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { textFaults } from './renderer-texts.ts';

const root = path.dirname(import.meta.dirname);
const output = path.join(root, 'build/.cache/renderer');
const stamp = path.join(output, '.stamp');

/** What the built screens depend on: their sources, the contract they speak, the packages and the way of building. */
const INPUTS = ['renderer', 'main/contract', 'package-lock.json', 'build/vite.config.ts', 'build/renderer.ts', 'build/renderer-texts.ts'];

/** Builds the screens into `build/.cache/renderer` when they are not what the sources say. Throws when they cannot be built. */
export async function buildRenderer(): Promise<'built' | 'current'> {
  const wanted = sourcesHash();
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return 'current';
  const faults = textFaults(path.join(root, 'renderer'));
  if (faults.length > 0) throw new Error(`texts of the screens:\n${faults.join('\n')}`);
  const { build } = await import('vite');
  await build({ configFile: path.join(root, 'build/vite.config.ts'), logLevel: 'warn' });
  // Written last: an interrupted build has no stamp and is done again.
  fs.writeFileSync(stamp, wanted);
  return 'built';
}

function sourcesHash(): string {
  const hash = crypto.createHash('sha256');
  for (const file of INPUTS.flatMap((input) => filesOf(path.join(root, input))).sort()) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(input: string): string[] {
  if (fs.statSync(input).isFile()) return [input];
  return fs
    .readdirSync(input, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

if (import.meta.main) {
  const started = performance.now();
  const what = await buildRenderer();
  process.stderr.write(`screens ${what} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
