import { failed, type Result } from '../contract/errors.ts';
import { POLICY, PolicyKey, type PolicyValues } from '../contract/policy.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger, Projection } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** The policy in force; keys that were never set have their default. */
export const POLICY_PROJECTION: Projection = {
  name: 'policy',
  version: 1,
  tables: [{ name: 'policy', orderBy: 'key', ddl: 'CREATE TABLE policy (key TEXT PRIMARY KEY, value TEXT NOT NULL, seq INTEGER NOT NULL) STRICT' }],
  reducers: {
    'policy.set': (db, { body, seq }) => {
      sql(db, 'INSERT INTO policy VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, seq = excluded.seq').run(
        body.key,
        JSON.stringify(body.value),
        seq,
      );
    },
  },
};

/** The value in force for a key. A stored value that its schema no longer accepts is a bug of a migration and throws. */
export function readPolicy<K extends PolicyKey>(reader: Db, key: K): PolicyValues[K] {
  const row = sql<{ value: string }>(reader, 'SELECT value FROM policy WHERE key = ?').get(key);
  return (row ? POLICY[key].schema.parse(JSON.parse(row.value)) : POLICY[key].default) as PolicyValues[K];
}

/** Sets a policy value, or says what is wrong with it. */
export async function setPolicy(
  ledger: Ledger,
  change: { key: string; value: unknown; actor: Actor; at: string },
): Promise<Result<{ key: PolicyKey; value: PolicyValues[PolicyKey] }>> {
  const key = PolicyKey.safeParse(change.key);
  if (!key.success) return failed('policy.invalid', change.key, `known keys: ${PolicyKey.options.join(', ')}`);
  const value = POLICY[key.data].schema.safeParse(change.value);
  if (!value.success) return failed('policy.invalid', change.key, value.error.issues.map((issue) => issue.message).join('; '));
  await ledger.append([
    {
      type: 'policy.set',
      subject: { kind: 'policy', id: key.data },
      actor: change.actor,
      at: change.at,
      body: { key: key.data, value: value.data },
    },
  ]);
  return { ok: true, value: { key: key.data, value: value.data } };
}
