import { z } from 'zod';
import { PolicyKey, RETIRED_POLICY_KEYS } from '../policy.ts';
import { ClockSource } from '../values.ts';

export const StationStarted = z.strictObject({
  program: z.string(),
  runtime: z.string(),
  engine: z.string(),
  clock: ClockSource,
});

export const PolicySet = z.strictObject({ key: z.enum([...PolicyKey.options, ...RETIRED_POLICY_KEYS]), value: z.json() });

/** An admin looked at the station's clock and says it is right; counts as a check for 24 hours. */
export const ClockConfirmed = z.strictObject({ by: z.string().min(1).max(100) });
