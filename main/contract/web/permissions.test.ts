import { describe, expect, test } from 'vitest';
import { webContract } from './index.ts';
import { isAllowed, mayOpen, Permission, ROLES, Role, SCREENS, type Screen } from './permissions.ts';

type Leaf = { '~orpc': { meta: { permission?: unknown } } };

/** Every procedure of the contract by its path. */
function procedures(node: object, at: string[] = []): [string, Leaf][] {
  return '~orpc' in node ? [[at.join('.'), node as Leaf]] : Object.entries(node).flatMap(([key, child]) => procedures(child as object, [...at, key]));
}

describe('permissions', () => {
  test('every procedure says which permission it needs', () => {
    const all = procedures(webContract);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(([, leaf]) => !Permission.safeParse(leaf['~orpc'].meta.permission).success).map(([name]) => name)).toEqual([]);
  });

  test('what is public is this and nothing more', () => {
    const open = procedures(webContract).filter(([, leaf]) => leaf['~orpc'].meta.permission === 'public');
    expect(open.map(([name]) => name).sort()).toEqual([
      'session.current',
      'session.setUp',
      'session.signIn',
      'session.signOut',
      'wall.events',
      'wall.ports',
    ]);
  });

  test('every permission belongs to some role', () => {
    const given = new Set(Object.values(ROLES).flat());
    expect(Permission.options.filter((one) => one !== 'public' && !given.has(one))).toEqual([]);
  });

  test('each role may open these screens', () => {
    const screensOf = (role: Role) => (Object.keys(SCREENS) as Screen[]).filter((screen) => mayOpen(ROLES[role], screen));
    expect(Object.fromEntries(Role.options.map((role) => [role, screensOf(role).join(' ')]))).toEqual({
      officer: 'wall recordings link cases cameras',
      supervisor: 'wall recordings link cases archive cameras station',
      admin: 'wall recordings cases archive cameras station',
      archivist: 'wall recordings link cases archive cameras station',
      reviewer: 'wall recordings cases cameras',
      auditor: 'wall recordings cases archive cameras station',
    });
    expect((Object.keys(SCREENS) as Screen[]).filter((screen) => mayOpen([], screen))).toEqual(['wall']);
  });

  test('only an admin configures the station and manages people, and an admin does not look at evidence', () => {
    for (const permission of ['station.configure', 'people.manage'] as const) {
      expect(Role.options.filter((role) => isAllowed([role], permission))).toEqual(['admin']);
    }
    expect(isAllowed(['admin'], 'recordings.view')).toBe(false);
    expect(isAllowed([], 'signed-in')).toBe(false);
  });
});
