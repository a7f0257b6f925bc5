import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { textFaults } from './renderer-texts.ts';

const root = path.dirname(import.meta.dirname);
const output = path.join(root, 'build/.cache/renderer');
const stamp = path.join(output, '.stamp');

/** What the built screens depend on: their sources, the contract they speak, the packages and the way of building. */
const INPUTS = ['renderer', 'main/contract', 'package-lock.json', 'build/vite.config.ts', 'build/renderer.ts', 'build/renderer-texts.ts'];

/** What the home of the window may weigh, compressed: a kiosk starts with it. */
const FIRST_LOAD_BYTES = 600_000;
const HOME = ['index.html', 'features/wall/WallPage.tsx'];

/** Builds the screens into `build/.cache/renderer` when they are not what the sources say. Throws when they cannot be built. */
export async function buildRenderer(): Promise<'built' | 'current'> {
  const wanted = sourcesHash();
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return 'current';
  const faults = textFaults(path.join(root, 'renderer'));
  if (faults.length > 0) throw new Error(`texts of the screens:\n${faults.join('\n')}`);
  const { build } = await import('vite');
  // Whoever asks for it, a test or a developer, gets what is shipped: otherwise React would come in its form for development.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: path.join(root, 'build/vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
  const weight = firstLoadBytes();
  if (weight > FIRST_LOAD_BYTES) throw new Error(`the first load is ${weight} bytes compressed, more than ${FIRST_LOAD_BYTES}`);
  // Written last: an interrupted build has no stamp and is done again.
  fs.writeFileSync(stamp, wanted);
  return 'built';
}

/** Bytes, compressed, of everything a browser loads to show the dock wall. */
function firstLoadBytes(): number {
  type Chunk = { file: string; css?: string[]; imports?: string[] };
  const manifest = JSON.parse(fs.readFileSync(path.join(output, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set(['index.html']);
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`${name} is not among the built screens`);
    if (seen.has(name)) return;
    seen.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const one of chunk.imports ?? []) visit(one);
  };
  for (const name of HOME) visit(name);
  return [...files].reduce((sum, file) => sum + zlib.gzipSync(fs.readFileSync(path.join(output, file))).length, 0);
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
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`screens ${what} in ${seconds} s, first load ${Math.round(firstLoadBytes() / 1000)} kB compressed\n`);
}
