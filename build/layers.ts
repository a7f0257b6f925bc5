import fs from 'node:fs';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { rules } from './layers-rules.ts';

export type LayerCheck = { modules: number; files: number; violations: string[] };

const FOLDERS = ['main', 'native', 'fixtures', 'build', 'renderer'];

/**
 * Cruises the sources below `root` and checks the layer rules. A checker that looked at next to nothing would say all is
 * well, so the number of modules it saw is compared with the number of source files on disk.
 */
export async function checkLayers(root: string): Promise<LayerCheck> {
  const present = FOLDERS.filter((folder) => fs.existsSync(path.join(root, folder)));
  const result = await cruise(present, {
    baseDir: root,
    parser: 'swc',
    ruleSet: rules,
    validate: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)\\.cache/' },
    tsPreCompilationDeps: true,
  });
  const { summary, modules } = result.output as ICruiseResult;
  const seen = modules.filter((module) => FOLDERS.some((folder) => module.source.startsWith(`${folder}/`)) && isSource(module.source)).length;
  return {
    modules: seen,
    files: present.flatMap((folder) => sources(path.join(root, folder))).length,
    violations: summary.violations.map((one) => `${one.rule.name}: ${one.from} -> ${one.to}`),
  };
}

/** What is wrong with a check; empty when the layers hold and everything was looked at. */
export function verdict(check: LayerCheck): string[] {
  const blind = Math.abs(check.modules - check.files) > 2 ? [`looked at ${check.modules} modules of ${check.files} source files`] : [];
  return [...blind, ...check.violations];
}

function sources(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.includes('.cache') && isSource(name));
}

function isSource(name: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(name);
}

if (import.meta.main) {
  const check = await checkLayers(process.cwd());
  const wrong = verdict(check);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.stderr.write(`${check.modules} modules of ${check.files} files, ${check.violations.length} violations\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
