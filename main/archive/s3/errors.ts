import type { ErrorCode } from '../../contract/errors.ts';
import { networkCode } from '../network-errors.ts';

/** What the SDK and Node say when something is wrong with the key. */
const CREDENTIALS = new Set([
  ...['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired'],
  ...['RequestTimeTooSkewed', 'RequestExpired', 'AuthorizationHeaderMalformed', 'InvalidSecurity'],
]);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'InsufficientStorageCapacity', 'XMinioStorageFull']);
const BUSY = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'OperationAborted',
]);
const DAMAGED_ON_THE_WAY = new Set(['BadDigest', 'XAmzContentSHA256Mismatch', 'InvalidDigest', 'IncompleteBody', 'RequestTimeout']);

type Told = { name?: unknown; code?: unknown; message?: unknown; $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean } };

/** The failure that an error of a request means; throws what no request says. */
export function s3Code(error: unknown): ErrorCode {
  const { name, code, $metadata } = (error ?? {}) as Told;
  const said = String(name);
  const system = typeof code === 'string' ? code : '';
  const status = $metadata?.httpStatusCode;
  if (CREDENTIALS.has(said) || status === 401) return 'destination.credentials';
  if (FULL.has(said) || status === 507 || system === 'ENOSPC') return 'destination.full';
  if (BUSY.has(said) || status === 429 || status === 500 || status === 502 || status === 503 || status === 504) return 'destination.busy';
  if (DAMAGED_ON_THE_WAY.has(said)) return 'destination.write-failed';
  if (status === 403) return 'destination.not-permitted';
  if (said === 'NoSuchBucket') return 'destination.unreachable';
  if (status !== undefined && status >= 400 && status < 500) return 'destination.refused';
  const network = networkCode(error);
  if (network !== null) return network;
  throw error;
}

export const isStatus = (error: unknown, status: number): boolean => (error as Told | null)?.$metadata?.httpStatusCode === status;

/** Whether a request may get through when it is sent again at once: the way, the store's load, or a clock that has been set right since. */
export function isPassing(error: unknown): boolean {
  if ((error as Told | null)?.$metadata?.clockSkewCorrected) return true;
  const code = s3Code(error);
  return code === 'destination.unreachable' || code === 'destination.busy' || code === 'destination.write-failed';
}
