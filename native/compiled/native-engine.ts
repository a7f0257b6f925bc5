import os from 'node:os';
import { ErrorCode, failed } from '../../main/contract/errors.ts';
import type { AtRest, Checkpoint, CopyEngine, CopyOptions, Hash, HashOptions, HashState, JobOptions, Outcome } from '../engine.ts';
import { sourceFailure, vaultFailure } from '../failures.ts';
import { proofOf } from '../proof.ts';
import type { Addon, AddonCheckpoint, AddonFault, AddonJob, AddonOutcome } from './addon.ts';

type Waiting = { options: CopyOptions; resolve(outcome: AddonOutcome): void; stop(): void };

/** More threads than this hash no faster than a disk writes. */
const MAX_HASH_THREADS = 8;

/**
 * The copy engine in C++: `slots` jobs at once, each with a thread that reads and one that writes, and as many hash
 * threads as the machine has cores, shared by all of them. Jobs start in the order they come.
 */
export function createNativeEngine(addon: Addon, slots: number): CopyEngine {
  const waiting = new Map<number, Waiting>();
  const states = statesOf(addon);
  const ended = Promise.withResolvers<void>();
  let next = 1;

  const engine = addon.open(slots, Math.min(os.availableParallelism(), MAX_HASH_THREADS), (id, doneBytes, outcome, checkpoint) => {
    if (id === 0) return ended.resolve();
    const job = waiting.get(id);
    if (!job) throw new Error(`job ${id} is not known`);
    if (doneBytes !== undefined) return job.options.onProgress?.(doneBytes);
    if (checkpoint !== undefined) return job.options.checkpoints?.onReached(states.written(checkpoint));
    if (outcome === undefined) throw new Error(`job ${id} told nothing`);
    waiting.delete(id);
    job.options.signal.removeEventListener('abort', job.stop);
    job.resolve(outcome);
  });

  function submit(job: AddonJob, options: CopyOptions): Promise<AddonOutcome> {
    return new Promise((resolve) => {
      const id = next++;
      const stop = () => addon.abort(engine, id);
      addon.submit(engine, id, job, options.signal.aborted);
      waiting.set(id, { options, resolve, stop });
      options.signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** `target` is null for jobs that touch only one file. */
  async function outcomeOf<T>(job: AddonJob, source: Uint8Array, target: string | null, options: CopyOptions): Promise<Outcome<T>> {
    const outcome = await submit(job, options);
    if ('bug' in outcome) throw new Error(`the native copy engine: ${outcome.bug}`);
    if (!('side' in outcome)) return { ok: true, value: outcome as T };
    const fault = outcome as AddonFault;
    if ('code' in fault) return failed(ErrorCode.parse(fault.code), fault.side === 'target' && target ? target : textOf(source), fault.detail);
    const error = Object.assign(new Error(fault.detail), { code: fault.error });
    return fault.side === 'target' && target ? vaultFailure(target, error) : sourceFailure(source, error);
  }

  /** `target` is the file itself where it is one of the vault, null where whoever asked knows where it lies. */
  function readAtRest(file: string, provenFileSystem: boolean, target: string | null, options: JobOptions): Promise<Outcome<AtRest>> {
    const bytes = Buffer.from(file);
    return outcomeOf({ do: 'hash-at-rest', file: bytes, provenFileSystem }, bytes, target, options);
  }

  return {
    id: addon.id,
    copy: ({ source, target, listed, salvage = false, device = false }, options) =>
      outcomeOf(
        {
          do: 'copy',
          source,
          target: Buffer.from(target),
          listedBytes: listed.sizeBytes,
          listedMtimeNs: BigInt(listed.mtimeNs),
          checkpointBytes: options.checkpoints?.everyBytes ?? 0,
          checkpoint: states.read(options.checkpoints?.from ?? null, hashesOf(options)),
          salvage,
          device,
          hashes: hashesOf(options),
        },
        source,
        target,
        options,
      ),
    async prove({ target, provenFileSystem }, copied, options) {
      const held = await readAtRest(target, provenFileSystem, target, options);
      return held.ok ? proofOf(target, copied, held.value) : held;
    },
    hash: (source, options) => outcomeOf({ do: 'hash', source }, source, null, options),
    hashBeginning: (source, { sizeBytes, mtimeNs }, bytes, options) =>
      outcomeOf(
        { do: 'hash-beginning', source, listedBytes: sizeBytes, listedMtimeNs: BigInt(mtimeNs), bytes, hashes: hashesOf(options) },
        source,
        null,
        options,
      ),
    fingerprint: (source, options) => outcomeOf({ do: 'fingerprint', source }, source, null, options),
    hashAtRest: (file, options) => readAtRest(file, true, null, options),
    close() {
      addon.close(engine);
      return ended.promise;
    },
  };
}

function hashesOf({ extraHashes = [] }: HashOptions): Hash[] {
  return ['sha256', 'sm3', ...extraHashes];
}

/** Between the states as the add-on has them and as they are kept, where they say whose they are. */
function statesOf(addon: Addon) {
  const makers: Record<Hash, Omit<HashState, 'state'>> = {
    sha256: { library: 'libcrypto', version: addon.libcrypto },
    sm3: { library: 'evidock', version: addon.sm3 },
    md5: { library: 'libcrypto', version: addon.libcrypto },
    xxh64: { library: 'evidock', version: addon.xxh64 },
  };

  /** Null for what another library or version wrote: only the one that made a state is known to go on from it. */
  function bytesOf(state: HashState | undefined, { library, version }: Omit<HashState, 'state'>): Uint8Array | null {
    if (state?.library !== library || state.version !== version || !/^[0-9a-f]{64}$/.test(state.state)) return null;
    return Buffer.from(state.state, 'hex');
  }

  return {
    written({ offset, states, tailSha256 }: AddonCheckpoint): Checkpoint {
      const kept = Object.entries(states).map(([hash, state]) => [hash, { ...makers[hash as Hash], state: Buffer.from(state).toString('hex') }]);
      return { offset, ...(Object.fromEntries(kept) as Pick<Checkpoint, Hash>), tailSha256 };
    },
    /** Null when it is not of these hashes, each with a state of our own. */
    read(from: Checkpoint | null, hashes: readonly Hash[]): AddonCheckpoint | null {
      if (!from) return null;
      const states: AddonCheckpoint['states'] = {};
      for (const hash of hashes) {
        const state = bytesOf(from[hash], makers[hash]);
        if (!state) return null;
        states[hash] = state;
      }
      return { offset: from.offset, states, tailSha256: from.tailSha256 };
    },
  };
}

function textOf(path: Uint8Array): string {
  return Buffer.from(path).toString('utf8');
}
