import type { PolicyKey, PolicyValues } from '../../../main/contract/policy.ts';

/** How a value is chosen. Bounds are the policy's own; the station checks again and has the last word. */
export type Control<K extends PolicyKey> = PolicyValues[K] extends boolean
  ? { as: 'switch' }
  : PolicyValues[K] extends number
    ? { as: 'number'; min: number; max: number }
    : null extends PolicyValues[K]
      ? { as: 'gigabytes' }
      : string extends PolicyValues[K]
        ? { as: 'text' }
        : { as: 'choice'; options: readonly PolicyValues[K][] };

export const CONTROLS: { [K in PolicyKey]: Control<K> } = {
  clear: { as: 'choice', options: ['never', 'after-stored', 'after-confirmed'] },
  'clear-accepts-local': { as: 'switch' },
  'camera-admission': { as: 'choice', options: ['set-up', 'registered-only'] },
  'camera-zone': { as: 'text' },
  'store-within-hours': { as: 'number', min: 1, max: 720 },
  'copy-order': { as: 'choice', options: ['fair', 'smallest-first', 'important-first'] },
  'copies-at-once': { as: 'number', min: 1, max: 64 },
  'copies-per-controller': { as: 'number', min: 1, max: 64 },
  'read-back': { as: 'choice', options: ['at-once', 'after-copying'] },
  'extra-hashes': { as: 'choice', options: ['no-extra', 'md5', 'xxh64', 'md5-and-xxh64'] },
  'vault-reserve-bytes': { as: 'gigabytes' },
  'archive-reread-parts': { as: 'number', min: 0, max: 1000 },
  'keep-local-days': { as: 'number', min: 0, max: 36500 },
  'free-up-below-gigabytes': { as: 'number', min: 0, max: 1_000_000 },
  'free-up-needs': { as: 'choice', options: ['every-archive', 'one-archive'] },
  'retain-days': { as: 'number', min: 183, max: 36500 },
  'retain-linked-days': { as: 'number', min: 183, max: 36500 },
  'partial-close-after-hours': { as: 'number', min: 1, max: 720 },
  'wall-ports': { as: 'number', min: 1, max: 64 },
  'wall-name-form': { as: 'choice', options: ['surname-and-digits', 'digits', 'none'] },
  'sign-out-after-seconds': { as: 'number', min: 15, max: 3600 },
};

/** Every value that is chosen from a list; each has its words. */
export type Choice = { [K in PolicyKey]: Control<K> extends { options: readonly (infer Option)[] } ? Option : never }[PolicyKey];

export const GROUPS = {
  clearing: ['clear', 'clear-accepts-local'],
  cameras: ['camera-admission', 'camera-zone', 'copy-order', 'copies-at-once', 'copies-per-controller', 'read-back', 'partial-close-after-hours'],
  keeping: [
    'store-within-hours',
    'retain-days',
    'retain-linked-days',
    'keep-local-days',
    'free-up-below-gigabytes',
    'free-up-needs',
    'extra-hashes',
    'vault-reserve-bytes',
    'archive-reread-parts',
  ],
  screens: ['wall-ports', 'wall-name-form', 'sign-out-after-seconds'],
} as const satisfies Record<string, readonly PolicyKey[]>;
export type Group = keyof typeof GROUPS;

/** Values with which a camera is cleared although no archive off this disk holds its files: asked a second time. */
export function isDangerous(key: PolicyKey, value: unknown): boolean {
  return (key === 'clear' && value === 'after-stored') || (key === 'clear-accepts-local' && value === true);
}
