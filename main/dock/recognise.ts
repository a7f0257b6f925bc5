import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { RemoteFiles } from '../../native/index.ts';
import type { IdentitySource } from '../contract/entries/dock.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { checkedText, parseIdentityIni } from './identity-file.pure.ts';
import { readName } from './names.pure.ts';
import type { Profile } from './profile.ts';
import type { Volume } from './volume.ts';

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

/** What of a file system, or of a storage, is looked at to tell whose it is. */
type Sample = { names: readonly string[]; text(file: string): string | null };

/**
 * Recognises the camera of a volume by its identity file, by the serial its names agree on, else by the generic profile with
 * the dock's own knowledge; of a camera with several file systems, by the first that tells it. Fails with
 * `camera.unreadable` when one of them cannot be read.
 */
export async function recognise(volume: Volume, profiles: readonly Profile[]): Promise<Result<Recognised>> {
  const samples = await samplesOf(volume, profiles);
  if (!samples.ok) return samples;
  const generic = profiles.at(-1);
  if (!generic) return failed('camera.unreadable', volume.root, 'no profiles');
  try {
    const [found] = samples.value.flatMap((sample) => byProfiles(sample, profiles) ?? []);
    return done(found ?? { profile: generic, ...volume.identity, identityCheck: 'none', officer: null });
  } catch (error) {
    return failed('camera.unreadable', volume.root, String(error));
  }
}

async function samplesOf({ root, parts, remote, cards }: Volume, profiles: readonly Profile[]): Promise<Result<Sample[]>> {
  // Their files are what cannot be read.
  if (cards.length > 0) return done([]);
  if (remote) return remoteSamples(remote, parts, profiles);
  const roots = parts.length === 0 ? [root] : parts.map((part) => path.join(root, part));
  try {
    return done(roots.map((one) => ({ names: sampleNames(one), text: (file) => readSmallFile(path.join(one, file)) })));
  } catch (error) {
    return failed('camera.unreadable', root, String(error));
  }
}

async function remoteSamples(remote: RemoteFiles, parts: readonly string[], profiles: readonly Profile[]): Promise<Result<Sample[]>> {
  const names: string[] = [];
  for await (const found of remote.list()) {
    if ('reason' in found) continue;
    names.push(found.path.toString());
    if (names.length === SAMPLE_FILES) break;
  }
  const samples: Sample[] = [];
  for (const top of parts.length === 0 ? [''] : parts.map((part) => `${part}/`)) {
    const texts = new Map<string, string | null>();
    for (const { identity } of profiles) {
      if (identity?.from !== 'ini') continue;
      const text = await readSmallRemote(remote, Buffer.from(`${top}${identity.file}`));
      if (!text.ok) return text;
      texts.set(identity.file, text.value);
    }
    const own = names.filter((name) => name.startsWith(top)).map((name) => name.slice(top.length));
    samples.push({ names: own, text: (file) => texts.get(file) ?? null });
  }
  return done(samples);
}

async function readSmallRemote(remote: RemoteFiles, file: Buffer): Promise<Result<string | null>> {
  const found = await remote.open(file);
  if (!found.ok) return failed('camera.unreadable', file.toString(), found.failure.detail);
  if (found.value === null || found.value.sizeBytes > MAX_IDENTITY_BYTES) return done(null);
  const read = await found.value.read(0, found.value.sizeBytes);
  return read.ok ? done(Buffer.from(read.value).toString('utf8')) : failed('camera.unreadable', file.toString(), read.failure.detail);
}

function byProfiles(sample: Sample, profiles: readonly Profile[]): Recognised | null {
  for (const profile of profiles) {
    const found = byProfile(sample, profile);
    if (found) return found;
  }
  return null;
}

function byProfile({ names, text }: Sample, profile: Profile): Recognised | null {
  if (profile.identity?.from === 'ini') return byIdentityFile(text(profile.identity.file), profile);
  if (profile.identity?.from === 'names') return byNames(profile, names);
  return null;
}

function byIdentityFile(text: string | null, profile: Profile): Recognised | null {
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
