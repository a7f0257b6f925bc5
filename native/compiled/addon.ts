import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Hash } from '../engine.ts';

export type AddonCheckpoint = { offset: number; states: { [hash in Hash]?: Uint8Array }; tailSha256: string };

/** A job as the add-on takes it; paths are raw bytes. */
export type AddonJob =
  | {
      do: 'copy';
      source: Uint8Array;
      target: Uint8Array;
      listedBytes: number;
      listedMtimeNs: bigint;
      checkpointBytes: number;
      checkpoint: AddonCheckpoint | null;
      salvage: boolean;
      device: boolean;
      hashes: readonly Hash[];
    }
  | { do: 'hash-beginning'; source: Uint8Array; listedBytes: number; listedMtimeNs: bigint; bytes: number; hashes: readonly Hash[] }
  | { do: 'hash'; source: Uint8Array }
  | { do: 'fingerprint'; source: Uint8Array }
  | { do: 'hash-at-rest'; file: Uint8Array; provenFileSystem: boolean };

/** Why a job has no result: a system error on one side, or a code of the contract. */
export type AddonFault = { side: 'source' | 'target'; detail: string } & ({ error: string } | { code: string });

/** What a job came to: its result, a fault, or what a bug said. */
export type AddonOutcome = Record<string, unknown> | AddonFault | { bug: string };

/** Called with progress, a checkpoint or the outcome of job `id`; with none of them, and id 0, when the engine has ended. */
export type AddonListener = (id: number, doneBytes?: number, outcome?: AddonOutcome, checkpoint?: AddonCheckpoint) => void;

declare const handle: unique symbol;
type Handle = { [handle]: true };

/** The functions of `cpp/addon/addon.cc`. */
export type Addon = {
  interface: number;
  id: string;
  /** Versions of what makes the states that checkpoints hold: SHA-256 and MD5 are libcrypto's. */
  libcrypto: string;
  sm3: string;
  xxh64: string;
  open(slots: number, hashThreads: number, listener: AddonListener): Handle;
  submit(engine: Handle, id: number, job: AddonJob, aborted: boolean): void;
  abort(engine: Handle, id: number): void;
  close(engine: Handle): void;
  /** Ways in which this processor can hash SM3 streams side by side, the best one first. */
  sm3Lanes: readonly string[];
  /** Hashes of several streams, each given in pieces of at most 1 MiB; SM3 always in one of `sm3Lanes`, never, or when `several` make it worth it. */
  digests(hash: Hash, streams: readonly (readonly Uint8Array[])[], lanes: string, threads: number): string[];
};

const INTERFACE = 6;
const FILE = 'evidock_copy.node';

/** Where `build/native.mjs` puts the add-on, seen from this source and from the packed program. */
const PLACES = ['../../build/.cache/native', '../../native'];

/** The add-on, or why there is none. */
export function loadAddon(folders: readonly string[] = PLACES.map((place) => path.join(import.meta.dirname, place))): Addon | { because: string } {
  const folder = folders.find((candidate) => fs.existsSync(path.join(candidate, FILE)));
  if (!folder) return { because: reasonIn(folders) ?? 'it was not built' };
  try {
    const addon = createRequire(import.meta.url)(path.join(folder, FILE)) as Addon;
    if (addon.interface === INTERFACE) return addon;
    return { because: `it was built for interface ${addon.interface}, not ${INTERFACE}` };
  } catch (error) {
    return { because: `it does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What the build left behind to say why there is nothing. */
function reasonIn(folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = path.join(folder, 'not-built.txt');
    if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim();
  }
  return null;
}
