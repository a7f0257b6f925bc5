import net from 'node:net';
import path from 'node:path';
import { done, failed, type Result } from '../../contract/errors.ts';

/** Below this folder the helper mounts; it takes names of folders in it, never paths. */
export const MOUNTS = '/run/evidock-usb';
/** Where systemd listens for the station and starts the helper (`build/packaging/evidock-usb.socket`). */
export const HELPER_SOCKET = '/run/evidock-usb.sock';
/** A request that is not answered for this long is given up, ms: a dying device can hold one up. */
const ANSWER_MS = 30_000;

/**
 * What a station asks of root, which it is not itself. Everything fails with `usb.not-privileged` when the helper is not
 * there or does not want to, and with `camera.unreadable` when the kernel could not do it.
 */
export type UsbHelper = {
  /** Mounts a disk or partition (`sdb1`), read-only and for this user alone, on a folder below `MOUNTS` that it makes. */
  mount(device: string, fileSystem: string, root: string): Promise<Result<void>>;
  makeWritable(root: string): Promise<Result<void>>;
  makeReadOnly(root: string): Promise<Result<void>>;
  /** Takes a mount and its folder away; one whose device is gone, or is still in use, goes when its last user does. */
  release(root: string): Promise<Result<void>>;
  close(): void;
};

type Answer = { word: string; why: string };
const LOST: Answer = { word: 'refused', why: 'the helper ended' };

/** Talks to the helper over its socket, connected when there is something to ask; requests run side by side. */
export function openUsbHelper(socketPath = HELPER_SOCKET): UsbHelper {
  let socket: net.Socket | null = null;
  let last = 0;
  const waiting = new Map<string, (answer: Answer) => void>();

  function connect(): net.Socket {
    const connected = net.connect(socketPath);
    let pending = '';
    let reason = LOST;
    connected.setEncoding('utf8');
    connected.on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const [id = '', word = '', ...why] = line.split(' ');
        // What it says of itself and not of a request, it says before it ends.
        if (id === '0') reason = { word, why: why.join(' ') };
        waiting.get(id)?.({ word, why: why.join(' ') });
      }
    });
    connected.on('error', (error) => {
      reason = { word: 'refused', why: String(error) };
    });
    connected.once('close', () => {
      if (socket === connected) socket = null;
      for (const answered of [...waiting.values()]) answered(reason);
    });
    return connected;
  }

  async function ask(what: string, ...words: string[]): Promise<Result<void>> {
    last += 1;
    const id = String(last);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => resolve({ word: 'failed', why: `no answer for ${ANSWER_MS} ms` }), ANSWER_MS);
    waiting.set(id, resolve);
    socket ??= connect();
    socket.write(`${[id, ...words].join(' ')}\n`);
    const { word, why } = await promise;
    clearTimeout(timer);
    waiting.delete(id);
    if (word === 'ok') return done(undefined);
    return failed(word === 'failed' ? 'camera.unreadable' : 'usb.not-privileged', what, why);
  }

  const nameOf = (root: string) => path.relative(MOUNTS, root);
  return {
    mount: (device, fileSystem, root) => ask(`/dev/${device}`, 'mount', device, fileSystem, nameOf(root)),
    makeWritable: (root) => ask(root, 'writable', nameOf(root)),
    makeReadOnly: (root) => ask(root, 'readonly', nameOf(root)),
    release: (root) => ask(root, 'release', nameOf(root)),
    close: () => socket?.end(),
  };
}
