import { loadAddon } from './compiled/addon.ts';
import { createNativeEngine } from './compiled/native-engine.ts';
import type { CopyEngine } from './engine.ts';
import { createPortableEngine } from './portable/portable-engine.ts';

/**
 * Jobs at once over all cameras. Each native one may hold 8 MiB and is two threads that mostly wait for a slow camera:
 * with fewer jobs than cameras the bus stands idle. The portable one uses a thread with its own JavaScript.
 */
const NATIVE_SLOTS = 64;
const PORTABLE_THREADS = 4;

export type ChosenEngine = {
  engine: CopyEngine;
  /** Why it is the portable engine; null when it is the native one. */
  portableBecause: string | null;
};

/**
 * The native engine where it was built, else the portable one with the reason. `wanted` (EVIDOCK_ENGINE) can ask for
 * either: `portable` leaves a native one alone, `native` throws when there is none.
 */
export function chooseCopyEngine(wanted: string | undefined): ChosenEngine {
  if (wanted !== undefined && wanted !== 'native' && wanted !== 'portable') throw new Error(`EVIDOCK_ENGINE is native or portable, not ${wanted}`);
  const addon = wanted === 'portable' ? { because: 'EVIDOCK_ENGINE asks for the portable one' } : loadAddon();
  if (!('because' in addon)) return { engine: createNativeEngine(addon, NATIVE_SLOTS), portableBecause: null };
  if (wanted === 'native') throw new Error(`EVIDOCK_ENGINE asks for the native copy engine: ${addon.because}`);
  return { engine: createPortableEngine(PORTABLE_THREADS), portableBecause: addon.because };
}
