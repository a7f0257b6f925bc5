import { done, failed, type Result } from '../../contract/errors.ts';
import { IDENTITY_FILE, identityIn, newIdentity, type ServerBackend } from '../backend.ts';
import { inParallel } from '../file-reader.ts';
import { writeCode } from '../folder-backend.ts';
import { onTree } from '../tree-backend.ts';
import { connect, FarError, readLogin, type Session, type SftpSettings, stoppable } from './session.ts';
import { sftpTree } from './sftp-tree.ts';

export type SftpOptions = { settings: SftpSettings; silenceMs?: number };

/** Files of a bag sent or read at once; they share one connection. */
const AT_ONCE = 6;

/**
 * A folder of a server, reached by SFTP. The server has to show the host key that is known before anything is sent, the key that
 * opens it is read once, and the connection is made when it is needed and again when it was lost.
 */
export function openSftp({ settings, silenceMs = 60_000 }: SftpOptions): Result<ServerBackend> {
  const read = readLogin(settings.key);
  if (!read.ok) return read;
  const login = read.value;
  let current: Promise<Session> | null = null;

  function session(): Promise<Session> {
    if (current) return current;
    const opening = connect(settings, login, silenceMs);
    const forget = () => {
      if (current === opening) current = null;
    };
    opening.then((open) => open.over.then(forget), forget);
    current = opening;
    return opening;
  }

  const tree = sftpTree(settings.folder, session);
  const onFiles = onTree(tree, AT_ONCE);
  const where = `${settings.user}@${settings.host}:${settings.folder}`;
  return done({
    ...onFiles,
    async check(identity) {
      const found = await tree.text(IDENTITY_FILE);
      return found !== null && identityIn(found) === identity ? done(null) : failed('destination.identity-differs', where, `expected ${identity}`);
    },
    async claim() {
      if (!(await tree.exists(IDENTITY_FILE))) await onFiles.create(IDENTITY_FILE, { text: newIdentity() });
      const identity = identityIn((await tree.text(IDENTITY_FILE)) ?? '');
      return identity === null ? failed('destination.identity-differs', where, `${IDENTITY_FILE} names none`) : done(identity);
    },
    put: (bag, files, signal) =>
      stoppable(session(), signal, (open) =>
        onTree(
          sftpTree(settings.folder, async () => open),
          AT_ONCE,
        ).put(bag, files, signal),
      ),
    async secure(bag, read, until) {
      const { flushes } = await session();
      // Also of one that was found in its place: whoever put it there may have been unable to.
      const names = flushes.files ? [...read.files.keys()] : [];
      const flushed = await inParallel(AT_ONCE, names, async (name) => done(await tree.flush(`${bag}/${name}`)));
      if (!flushed.ok) return flushed;
      const secured = await onFiles.secure(bag, read, until);
      return secured.ok ? done({ flushed: flushes.files && flushes.folders }) : secured;
    },
    capabilities: async () => ((await session()).flushes.files ? ['fsync'] : []),
    codeOf: (error) => (error instanceof FarError ? error.failure : writeCode(error)),
    async close() {
      current?.then(
        (open) => open.end(),
        () => undefined,
      );
    },
  });
}
