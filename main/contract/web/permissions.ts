import { z } from 'zod';

/** What a procedure may need. `public` needs no sign-in; it never names a person and never shows evidence. */
export const Permission = z.enum([
  'public',
  /** Any signed-in person. */
  'signed-in',
  'recordings.read',
  /** Opens evidence itself; each opening needs a reason and is on the ledger. */
  'recordings.view',
  'recordings.link',
  /** Marks places on a recording, and takes marks back. */
  'recordings.mark',
  'cases.read',
  'cases.import',
  /** Puts a case under a legal hold, or takes that back. */
  'cases.hold',
  'archive.read',
  'archive.run',
  /** Says why a difference of a reconciliation is there, or takes that back. */
  'archive.explain',
  'cameras.read',
  'cameras.register',
  /** Pauses, resumes or cancels what a port copies, and says what is copied first. */
  'dockings.steer',
  'station.read',
  'station.configure',
  'people.manage',
]);
export type Permission = z.infer<typeof Permission>;

export const Role = z.enum(['officer', 'supervisor', 'admin', 'archivist', 'reviewer', 'auditor']);
export type Role = z.infer<typeof Role>;

const READ = ['signed-in', 'recordings.read', 'cases.read', 'cameras.read'] as const;

/** Who may do what: the one table. A person with several roles may do what any of them may. */
export const ROLES: Record<Role, readonly Permission[]> = {
  /** Files own recordings; sees the others only in lists. */
  officer: [...READ, 'recordings.view', 'recordings.link', 'recordings.mark'],
  supervisor: [
    ...READ,
    'recordings.view',
    'recordings.link',
    'recordings.mark',
    'cases.import',
    'cases.hold',
    'archive.read',
    'station.read',
    'dockings.steer',
  ],
  /** Runs the station; does not look at evidence. */
  admin: [
    ...READ,
    'cases.import',
    'archive.read',
    'archive.run',
    'archive.explain',
    'cameras.register',
    'dockings.steer',
    'station.read',
    'station.configure',
    'people.manage',
  ],
  archivist: [
    ...READ,
    'recordings.view',
    'recordings.link',
    'recordings.mark',
    'cases.import',
    'cases.hold',
    'archive.read',
    'archive.run',
    'archive.explain',
    'station.read',
  ],
  reviewer: [...READ, 'recordings.view', 'recordings.mark'],
  /** Checks what was done; changes nothing. */
  auditor: [...READ, 'archive.read', 'station.read'],
};

/** Whether someone with these roles may do what needs a permission. */
export function isAllowed(roles: readonly Role[], permission: Permission): boolean {
  return permission === 'public' || roles.some((role) => ROLES[role].includes(permission));
}

/** What whoever opens a screen has to be allowed to do, in the order of the menu: both menu and addresses go by this table. */
export const SCREENS = {
  wall: 'public',
  recordings: 'recordings.read',
  link: 'recordings.link',
  cases: 'cases.read',
  archive: 'archive.read',
  cameras: 'cameras.read',
  station: 'station.read',
} as const satisfies Record<string, Permission>;
export type Screen = keyof typeof SCREENS;

/** Whether somebody with these permissions may open a screen; the wall is for everybody. */
export function mayOpen(permissions: readonly Permission[], screen: Screen): boolean {
  return SCREENS[screen] === 'public' || permissions.includes(SCREENS[screen]);
}
