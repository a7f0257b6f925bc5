import type { CameraDriver } from './driver.ts';
import { E1_FAMILY } from './e1-family.ts';

/** Every protocol the station speaks, by the name a profile knows it by. */
export const DRIVERS = { 'e1-family': E1_FAMILY } as const satisfies Record<string, CameraDriver>;
