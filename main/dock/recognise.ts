import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { IdentitySource } from '../contract/entries/dock.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { checkedText, parseIdentityIni } from './identity-file.pure.ts';
import { readName } from './names.pure.ts';
import type { Profile } from './profile.ts';

/** What a volume is taken for, and on what grounds. */
export type Recognised = {
  profile: Profile;
  serial: string;
  identitySource: IdentitySource;
  identityCheck: 'none' | 'valid' | 'suspected-tampering';
  /** Officer's certificate number by the camera's own binding, when it has one. */
  officer: string | null;
};

/** Files looked at to find a serial that all names share. */
const SAMPLE_FILES = 200;
const MAX_IDENTITY_BYTES = 64 * 1024;

/**
 * Recognises the camera whose files lie under `root`: by its identity file, by the serial its names agree on, else by
 * the generic profile with a weak identity (`fallback`). Fails with `camera.unreadable` when the folder cannot be read.
 */
export function recognise(
  root: string,
  profiles: readonly Profile[],
  fallback: { serial: string; identitySource: IdentitySource },
): Result<Recognised> {
  try {
    const names = sampleNames(root);
    for (const profile of profiles) {
      const found = byProfile(root, profile, names);
      if (found) return done(found);
    }
    const generic = profiles.at(-1);
    if (!generic) return failed('camera.unreadable', root, 'no profiles');
    return done({ profile: generic, ...fallback, identityCheck: 'none', officer: null });
  } catch (error) {
    return failed('camera.unreadable', root, String(error));
  }
}

function byProfile(root: string, profile: Profile, names: readonly string[]): Recognised | null {
  if (profile.identity?.from === 'ini') return byIdentityFile(root, profile, profile.identity.file);
  if (profile.identity?.from === 'names') return byNames(profile, names);
  return null;
}

function byIdentityFile(root: string, profile: Profile, file: string): Recognised | null {
  const text = readSmallFile(path.join(root, file));
  const identity = text === null ? null : parseIdentityIni(text);
  if (!identity) return null;
  const expected = createHash('sha256').update(checkedText(identity), 'utf8').digest('hex').slice(0, 8);
  return {
    profile,
    serial: identity.serial,
    identitySource: 'identity-file',
    identityCheck: identity.check === expected ? 'valid' : 'suspected-tampering',
    officer: identity.officer,
  };
}

/** The file's text, or null when it is absent, not a plain file, or too large to be an identity file. */
function readSmallFile(file: string): string | null {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_IDENTITY_BYTES) return null;
  return fs.readFileSync(file, 'utf8');
}

function byNames(profile: Profile, names: readonly string[]): Recognised | null {
  const facts = names.map((name) => readName(profile.names, name)).filter((fact) => fact.serial !== null);
  const serials = new Set(facts.map((fact) => fact.serial));
  const [serial] = serials;
  if (serials.size !== 1 || !serial) return null;
  const officers = new Set(facts.map((fact) => fact.officer));
  const [officer] = officers;
  return {
    profile,
    serial,
    identitySource: 'name-pattern',
    identityCheck: 'none',
    officer: officers.size === 1 && officer ? officer : null,
  };
}

/** Paths of the first files found, breadth first, links not followed. */
function sampleNames(root: string): string[] {
  const names: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined && names.length < SAMPLE_FILES; folder = folders.shift()) {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && folders.length < SAMPLE_FILES) folders.push(name);
      else if (entry.isFile()) names.push(name);
    }
  }
  return names.slice(0, SAMPLE_FILES);
}
