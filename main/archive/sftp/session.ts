import { createHash } from 'node:crypto';
import ssh2, { type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { z } from 'zod';
import type { DestinationSettings, SshServer } from '../../contract/api/archive.ts';
import { done, type ErrorCode, failed, type Result } from '../../contract/errors.ts';
import { parsedAs, readKey } from '../key-file.ts';

export type SftpSettings = Extract<DestinationSettings, { kind: 'sftp' }>;

/** What goes wrong between here and the server, or there, as the failure it means; `status` is the server's answer (SSH_FX_*), if it gave one. */
export class FarError extends Error {
  readonly failure: ErrorCode;
  readonly status: number | null;
  constructor(failure: ErrorCode, message: string, status: number | null = null) {
    super(message);
    this.failure = failure;
    this.status = status;
  }
}

/** Answers of a server (SSH_FX_*) that mean something to the caller. */
export const NO_SUCH_FILE = 2;
export const FAILURE = 4;
const MEANING: Readonly<Record<number, ErrorCode>> = {
  3: 'destination.not-permitted',
  5: 'destination.refused',
  6: 'destination.unreachable',
  7: 'destination.unreachable',
  8: 'destination.refused',
};

/** How the station proves who it is: by a private key, or by a password. */
export type Login = { privateKey: string; passphrase?: string } | { password: string };
const Secret = z.union([
  z.strictObject({ password: z.string().min(1) }),
  z.strictObject({ privateKey: z.string().min(1), passphrase: z.string().min(1).exactOptional() }),
]);

/** Reads the key to a server: a private key as ssh-keygen writes it, or a password; `destination.key-unusable` says why it cannot be used. */
export function readLogin(place: string): Result<Login> {
  const read = readKey<Login>(place, (text) => (text.startsWith('-----BEGIN ') ? { privateKey: text } : parsedAs(Secret)(text)));
  if (!read.ok || 'password' in read.value) return read;
  const { privateKey, passphrase } = read.value;
  // What the library says of a key it cannot read never holds any of it; but a word of our own is as good.
  return ssh2.utils.parseKey(privateKey, passphrase) instanceof Error ? failed('destination.key-unusable', place, 'no private key') : read;
}

/** Host keys by their algorithms, the preferred first. A server has one of each of some; one of those is the one that is known. */
const HOST_KEYS = [['ssh-ed25519'], ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'], ['rsa-sha2-512', 'rsa-sha2-256']] as const;
type HostKeyAlgorithms = (typeof HOST_KEYS)[number];

type Ask = <T>(begin: (answered: (error: Error | null | undefined, value: T) => void) => void) => Promise<T>;

/** A connection to a server, and what is asked of it. When it ends, everything that waits for an answer fails. */
export type Session = {
  sftp: SFTPWrapper;
  /** Whether the server flushes files, and folders, to its disk when asked to; that it does not with folders shows when it is asked. */
  flushes: { files: boolean; folders: boolean };
  /** Asks one thing. Throws `FarError`. */
  ask: Ask;
  /** Comes when the connection is over. */
  over: Promise<void>;
  end(): void;
};

/** Connects, and ends at once unless the server shows the host key that is known. `silenceMs` without an answer that is waited for and the server is taken for dead. */
export async function connect(settings: SftpSettings, login: Login, silenceMs: number): Promise<Session> {
  let first: FarError | null = null;
  for (const algorithms of HOST_KEYS) {
    try {
      return await connectOnce(settings, login, silenceMs, algorithms);
    } catch (error) {
      // The key that is known may be one of another kind; a server that has no key of this kind breaks off.
      if (!(error instanceof FarError) || !(error.failure === 'destination.not-trusted' || error.message === NO_SUCH_KEY)) throw error;
      if (first === null || first.message === NO_SUCH_KEY) first = error;
    }
  }
  throw first;
}

/** The words of the library when the server has no host key of the kinds that were asked for. */
const NO_SUCH_KEY = 'Handshake failed: no matching host key format';

function connectOnce(settings: SftpSettings, login: Login, silenceMs: number, algorithms: HostKeyAlgorithms): Promise<Session> {
  const { host, port, user: username, hostKey } = settings;
  const client = new ssh2.Client();
  const waiting = new Set<(error: FarError) => void>();
  let shown: string | null = null;
  let wrong: FarError | null = null;
  let isOver = () => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const end = (error: FarError) => {
    wrong ??= error;
    clearTimeout(silence);
    for (const fail of waiting) fail(wrong);
    waiting.clear();
    client.destroy();
    isOver();
  };
  const silence = setTimeout(() => {
    if (waiting.size > 0) end(new FarError('destination.unreachable', `${host} did not answer for ${silenceMs} ms`));
  }, silenceMs);

  function ask<T>(begin: (answered: (error: Error | null | undefined, value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (wrong) return reject(wrong);
      if (waiting.size === 0) silence.refresh();
      waiting.add(reject);
      try {
        begin((error, value) => {
          if (!waiting.delete(reject)) return;
          silence.refresh();
          if (error) reject(meaningOf(error));
          else resolve(value);
        });
      } catch (error) {
        // The library does not ask what the server does not know.
        waiting.delete(reject);
        reject(error);
      }
    });
  }

  client.on('error', (error) => end(refusalOf(error, shown === null || shown === hostKey ? null : `${host} shows ${shown}`)));
  client.on('close', () => end(new FarError('destination.unreachable', `${host} closed the connection`)));
  if ('password' in login)
    client.on('keyboard-interactive', (_name, _about, _language, prompts, answer) => answer(prompts.map(() => login.password)));
  const ready = ask<SFTPWrapper>((answered) => {
    client.once('ready', () => {
      // Nagle's algorithm holds every second request back until the answer to the first.
      client.setNoDelay(true);
      client.sftp((error, sftp) => {
        // A server without the subsystem does not let this user do what is needed.
        if (error) end(new FarError('destination.not-permitted', error.message));
        answered(error, sftp);
      });
    });
  });
  const options: ConnectConfig = {
    ...{ host, port, username, ...login, tryKeyboard: 'password' in login },
    readyTimeout: silenceMs,
    // Also so that nothing on the way forgets a connection on which nobody asks for a while.
    keepaliveInterval: Math.ceil(silenceMs / 4),
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: [...algorithms] },
    hostVerifier: (key: Buffer) => {
      shown = fingerprintOf(key);
      return shown === hostKey;
    },
  };
  try {
    client.connect(options);
  } catch (error) {
    end(new FarError('destination.key-unusable', String(error)));
  }
  return ready.then((sftp) => {
    const canFlush = extensionsOf(sftp)['fsync@openssh.com'] === '1';
    return { sftp, flushes: { files: canFlush, folders: canFlush }, ask, over, end: () => end(ENDED) };
  });
}

/**
 * Does something with a connection that is open or being opened. When the signal aborts, what is asked then fails with its reason,
 * and nothing more is asked.
 */
export async function stoppable<T>(opening: Promise<Session>, signal: AbortSignal | undefined, use: (session: Session) => Promise<T>): Promise<T> {
  if (!signal) return use(await opening);
  const waiting = new Set<(error: unknown) => void>();
  function unlessStopped<U>(work: Promise<U>): Promise<U> {
    return new Promise<U>((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  }
  // One for all, however many requests are under way.
  const stop = () => {
    for (const fail of waiting) fail(signal.reason);
  };
  signal.addEventListener('abort', stop);
  try {
    const session = await unlessStopped(opening);
    return await use({ ...session, ask: (begin) => (signal.aborted ? Promise.reject(signal.reason) : unlessStopped(session.ask(begin))) });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const ENDED = new FarError('destination.unreachable', 'the station ended the connection');

/** What the server said it knows beside the protocol; the library keeps it where its types do not say. */
function extensionsOf(sftp: SFTPWrapper): Record<string, string | undefined> {
  return (sftp as unknown as { _extensions: Record<string, string | undefined> })._extensions;
}

/** The failure an answer of the server means. */
function meaningOf(error: Error & { code?: unknown }): FarError {
  if (error instanceof FarError) return error;
  const status = typeof error.code === 'number' ? error.code : null;
  // Without an answer of the server it is the library that has given the connection up.
  if (status === null) return new FarError('destination.unreachable', error.message);
  return new FarError(MEANING[status] ?? 'destination.write-failed', `${error.message} (${status})`, status);
}

/** The failure the end of a connection means. */
function refusalOf(error: Error & { level?: string }, otherKey: string | null): FarError {
  if (otherKey !== null) return new FarError('destination.not-trusted', otherKey);
  if (error.level === 'client-authentication') return new FarError('destination.credentials', error.message);
  return new FarError('destination.unreachable', error.message);
}

/** A host key's fingerprint as OpenSSH writes it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The host key a server shows now, and its algorithm. Nobody signs in. */
export function shownBy({ host, port }: SshServer, silenceMs: number): Promise<Result<{ algorithm: string; hostKey: string }>> {
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    client.on('error', (error) => resolve(failed('destination.unreachable', `${host}:${port}`, error.message)));
    client.on('close', () => resolve(failed('destination.unreachable', `${host}:${port}`, 'closed')));
    client.connect({
      ...{ host, port, username: 'nobody', readyTimeout: silenceMs },
      algorithms: { serverHostKey: HOST_KEYS.flat() },
      hostVerifier: (key: Buffer) => {
        // The blob begins with the length and the name of its algorithm (RFC 4253, 6.6).
        resolve(done({ algorithm: key.toString('latin1', 4, 4 + key.readUInt32BE(0)), hostKey: fingerprintOf(key) }));
        return false;
      },
    });
  });
}
