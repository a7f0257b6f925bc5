import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import type { Permission } from './permissions.ts';

export type WebMeta = { permission?: Permission };

const errors = {
  /** Nobody is signed in, or no longer. */
  UNAUTHORIZED: { status: 401, data: Failure },
  /** Whoever is signed in may not do this. */
  FORBIDDEN: { status: 403, data: Failure },
};

/** The beginning of every procedure: which permission it needs. There is no other way to begin one. */
export function needs(permission: Permission) {
  return oc.$meta<WebMeta>({}).errors(errors).meta({ permission });
}

/** A page of a list, and where the next one begins; null when there is none. The cursor is opaque. */
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({ rows: z.array(row), next: z.string().nullable(), total: z.int().nonnegative().nullable() });
}

/** A person as lists name them. Number and name are null when their private record has been erased. */
export const PersonName = z.object({ id: z.string(), number: z.string().nullable(), name: z.string().nullable() });
export type PersonName = z.infer<typeof PersonName>;

export const CaseName = z.object({ id: z.string(), number: z.string().nullable(), title: z.string().nullable() });
export type CaseName = z.infer<typeof CaseName>;
