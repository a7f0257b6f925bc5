import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { listCatalogue } from '../evidence/index.ts';
import { createTables } from '../ledger/projection.ts';
import { MIGRATIONS } from '../store/index.ts';
import { PROJECTIONS } from './projections.ts';

/** Tables that stay as small as an agency: a few hundred rows after ten years. */
const SMALL = ['destinations', 'cameras', 'persons', 'cases', 'access', 'projections', 'explanations', 'reconciliations', 'policy', 'ports'];
/** What reads everything on purpose: checks and replays. */
const WHOLE = ['ledger/verify.ts', 'ledger/rebuild.ts', 'ledger/replay.ts', 'station/verify.ts', 'station/verify.worker.ts', 'archive/reconcile.ts'];
/** What is asked once at a start. */
const ONCE = ["SELECT docking_id, camera_id FROM dockings WHERE state <> 'ended' ORDER BY started_seq"];

/** Every statement that stands in the sources as one literal without parts filled in. */
function statements(): { file: string; text: string }[] {
  const root = path.join(import.meta.dirname, '..');
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('contract/'))
    .flatMap((file) =>
      [...fs.readFileSync(path.join(root, file), 'utf8').matchAll(/(['"`])(\s*(?:SELECT|UPDATE|DELETE) (?:(?!\1|\$\{)[\s\S])*)\1/g)].map((match) => ({
        file,
        text: match[2] as string,
      })),
    );
}

test('no statement looks at every row of a table that grows with the evidence', () => {
  const db = new Database(':memory:');
  for (const migration of MIGRATIONS) db.exec(migration.sql);
  for (const projection of PROJECTIONS) createTables(db, projection);
  const tables = new Set((db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[]).map((row) => row.name));
  let looked = 0;
  const scans = statements().flatMap(({ file, text }) => {
    const named = [...text.matchAll(/\b(?:FROM|JOIN|UPDATE)\s+([a-z_]+)/g)].map((match) => match[1] as string);
    // Private records and working state are other files.
    if (WHOLE.includes(file) || ONCE.includes(text) || !named.every((name) => tables.has(name))) return [];
    looked += 1;
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: text.split('?').length - 1 }, () => 1)) as { detail: string }[];
    // In order of the key, and only the first rows of it.
    const isFirstRows =
      /ORDER BY \w+(\.\w+)? (DESC )?LIMIT/.test(text) && !text.includes('WHERE') && !plan.some(({ detail }) => detail.includes('TEMP B-TREE'));
    if (isFirstRows) return [];
    // Every entry of a type is as bad when only those about one thing are wanted.
    const byType = /^SEARCH (entries) USING (?:COVERING )?INDEX entries_by_type \(type=\?\)$/;
    const scanned = plan.flatMap(
      ({ detail }) => (/^SCAN (\w+)/.exec(detail) ?? (text.includes('subject_id') ? byType.exec(detail) : null))?.[1] ?? [],
    );
    const aliases = new Map([...text.matchAll(/\b(?:FROM|JOIN)\s+([a-z_]+)\s+([a-z])\b/g)].map((match) => [match[2], match[1] as string]));
    const large = scanned.map((name) => aliases.get(name) ?? name).filter((name) => tables.has(name) && !SMALL.includes(name));
    return large.map((name) => `${file}: ${name}: ${text.replace(/\s+/g, ' ').slice(0, 100)}`);
  });
  expect(scans).toEqual([]);
  expect(looked).toBeGreaterThan(50);
});

/** The ways in which SQLite finds what a page of the catalogue asks for: its totals, then its rows. */
function pagePlans(query: Omit<Parameters<typeof listCatalogue>[1], 'search' | 'cursor' | 'limit'>): string[] {
  const db = new Database(':memory:');
  for (const migration of MIGRATIONS) db.exec(migration.sql);
  for (const projection of PROJECTIONS) createTables(db, projection);
  const asked: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((text: string) => {
    asked.push(text);
    return prepare(text);
  }) as typeof db.prepare;
  listCatalogue(db, { ...query, search: [], cursor: null, limit: 100 });
  const plans = asked.map((text) => {
    const values = Array.from({ length: text.split('?').length - 1 }, () => 1);
    const plan = prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values) as { detail: string }[];
    return plan.find(({ detail }) => detail.includes(' catalogue '))?.detail ?? text;
  });
  return [...new Set(plans)];
}

test.each(['newest', 'longest', 'shortest'] as const)(
  'what a unit has not linked is counted and found by the index of just that, %s first',
  (sort) => {
    const filter = { officerIds: ['a', 'b'], linked: false };
    expect(pagePlans({ filter, sort })).toEqual(['SEARCH catalogue USING INDEX catalogue_unlinked (officer_id=?)']);
  },
);
