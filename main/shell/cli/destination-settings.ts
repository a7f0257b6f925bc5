import path from 'node:path';
import { DestinationSettings, type SshServer } from '../../contract/api/archive.ts';
import { BandwidthCap } from '../../contract/entries/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';

export type DestinationOptions = { key?: string; ca?: string; region?: string; virtualHost?: boolean; lock?: string; hostKey?: string };

const CREDENTIAL = 'credential:';

/** The server, user and folder that `sftp://user@host[:port]/folder` names; null for what names none. */
export function sftpServerIn(where: string): (SshServer & { user: string; folder: string }) | null {
  const [, user, name, address, port = '22', folder] =
    /^sftp:\/\/([^@/:]+)@(?:([^@/:[\]]+)|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?(\/.+?)\/?$/.exec(where) ?? [];
  const host = name ?? address;
  return user === undefined || host === undefined || folder === undefined ? null : { user, host, port: Number(port), folder };
}

/**
 * A folder, `s3+https://host[:port]/bucket[/prefix]` or `sftp://user@host[:port]/folder` with its options, as settings. Secrets are
 * in none of them.
 */
export function destinationSettings(where: string, options: DestinationOptions): Result<DestinationSettings> {
  const store = /^s3\+(https?:\/\/[^/?#@]+)\/([^/?#]+)(?:\/([^?#]*?))?\/?$/.exec(where);
  if (where.startsWith('s3+') && !store) return failed('usage.invalid', where, 's3+https://host[:port]/bucket[/prefix]');
  const [, endpoint, bucket, prefix = ''] = store ?? [];
  const [, mode, days] = /^(compliance|governance):(\d+)$/.exec(options.lock ?? '') ?? [];
  if (options.lock !== undefined && mode === undefined) return failed('usage.invalid', `--lock ${options.lock}`, 'compliance:DAYS, governance:DAYS');
  const key = options.key?.startsWith(CREDENTIAL) ? options.key : options.key && path.resolve(options.key);
  const server = sftpServerIn(where);
  if (where.startsWith('sftp:') && !server) return failed('usage.invalid', where, 'sftp://user@host[:port]/folder');
  const settings = DestinationSettings.safeParse(
    server
      ? { kind: 'sftp', ...server, key, hostKey: options.hostKey }
      : store
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

const UNITS: Record<string, number> = { '': 1, k: 1000, M: 1_000_000, G: 1_000_000_000 };

/** `8-18=2M`: at most so many bytes a second in these hours; `=0` closes them. */
export function bandwidthCap(text: string): Result<BandwidthCap> {
  const [, fromHour, toHour, figure, unit = ''] = /^(\d{1,2})-(\d{1,2})=(\d+(?:\.\d+)?)([kMG]?)$/.exec(text) ?? [];
  const bytesPerSecond = Math.round(Number(figure) * (UNITS[unit] ?? Number.NaN));
  const cap = BandwidthCap.safeParse({ fromHour: Number(fromHour), toHour: Number(toHour), bytesPerSecond });
  return cap.success ? done(cap.data) : failed('usage.invalid', text, 'HOUR-HOUR=BYTES per second, at least 16k or 0, as in 8-18=2M');
}
