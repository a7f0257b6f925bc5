import path from 'node:path';
import { DestinationSettings } from '../../contract/api/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';

export type DestinationOptions = { key?: string; ca?: string; region?: string; virtualHost?: boolean; lock?: string };

const CREDENTIAL = 'credential:';

/** A folder, or `s3+https://host[:port]/bucket[/prefix]` with its options, as settings. Secrets are in none of them. */
export function destinationSettings(where: string, options: DestinationOptions): Result<DestinationSettings> {
  const store = /^s3\+(https?:\/\/[^/?#@]+)\/([^/?#]+)(?:\/([^?#]*?))?\/?$/.exec(where);
  if (where.startsWith('s3+') && !store) return failed('usage.invalid', where, 's3+https://host[:port]/bucket[/prefix]');
  const [, endpoint, bucket, prefix = ''] = store ?? [];
  const [, mode, days] = /^(compliance|governance):(\d+)$/.exec(options.lock ?? '') ?? [];
  if (options.lock !== undefined && mode === undefined) return failed('usage.invalid', `--lock ${options.lock}`, 'compliance:DAYS, governance:DAYS');
  const key = options.key?.startsWith(CREDENTIAL) ? options.key : options.key && path.resolve(options.key);
  const settings = DestinationSettings.safeParse(
    store
      ? {
          kind: 's3',
          endpoint,
          bucket,
          prefix,
          region: options.region ?? 'us-east-1',
          pathStyle: options.virtualHost !== true,
          key,
          ca: options.ca === undefined ? null : path.resolve(options.ca),
          lock: mode === undefined ? null : { mode: mode.toUpperCase(), days: Number(days) },
        }
      : { kind: 'folder', folder: path.resolve(where) },
  );
  if (settings.success) return done(settings.data);
  const [issue] = settings.error.issues;
  return failed('usage.invalid', where, `${issue?.path.join('.')}: ${issue?.message}`);
}
