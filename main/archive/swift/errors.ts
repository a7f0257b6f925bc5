import type { ErrorCode } from '../../contract/errors.ts';
import { networkCode } from '../network-errors.ts';

/** What a server answered other than it was asked to. Holds nothing of what was sent but method and place. */
export class SwiftError extends Error {
  readonly status: number;
  /** The beginning of what the server said, in one line. */
  readonly said: string;

  constructor(status: number, asked: string, said: string) {
    super(`${asked}: ${status} ${said}`.trimEnd());
    this.name = 'SwiftError';
    this.status = status;
    this.said = said;
  }
}

/** A server that proves itself hands over to one that does not. */
export class NotTrustedError extends Error {}

/** What each answer means (body worn integration API, "Error response descriptions", and Swift's own). */
const MEANINGS: Readonly<Record<number, ErrorCode>> = {
  401: 'destination.credentials',
  402: 'destination.no-licence',
  403: 'destination.not-permitted',
  404: 'destination.unreachable',
  408: 'destination.busy',
  409: 'destination.busy',
  422: 'destination.write-failed',
  429: 'destination.busy',
  498: 'destination.busy',
  499: 'destination.busy',
  500: 'destination.busy',
  502: 'destination.busy',
  503: 'destination.busy',
  504: 'destination.busy',
  507: 'destination.full',
};

/** The failure that an error of a request means; throws what no request says. */
export function swiftCode(error: unknown): ErrorCode {
  if (error instanceof NotTrustedError) return 'destination.not-trusted';
  if (error instanceof SwiftError) {
    // Too large for the server, or more than the account may hold: only its words tell.
    if (error.status === 413) return /quota/i.test(error.said) ? 'destination.full' : 'destination.refused';
    return MEANINGS[error.status] ?? (error.status >= 500 ? 'destination.busy' : 'destination.refused');
  }
  const network = networkCode(error);
  if (network !== null) return network;
  throw error;
}

export const isStatus = (error: unknown, ...statuses: number[]): boolean => error instanceof SwiftError && statuses.includes(error.status);
