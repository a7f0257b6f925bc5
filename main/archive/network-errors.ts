import type { ErrorCode } from '../contract/errors.ts';

const NOT_TRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;
const UNREACHABLE = /^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EPROTO|ERR_STREAM_PREMATURE_CLOSE|ERR_SSL_|HPE_)/;

/** The failure that Node's own error of a connection means; null when it is none. */
export function networkCode(error: unknown): ErrorCode | null {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  const system = typeof code === 'string' ? code : '';
  if (NOT_TRUSTED.test(system)) return 'destination.not-trusted';
  if (UNREACHABLE.test(system) || name === 'TimeoutError' || /socket hang up|aborted|premature close/i.test(String(message)))
    return 'destination.unreachable';
  return null;
}
