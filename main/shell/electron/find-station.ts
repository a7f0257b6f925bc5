import net from 'node:net';
import { done, type Result } from '../../contract/errors.ts';
import { currentHolder } from '../../station/index.ts';
import { dataFolder } from '../cli/connect.ts';
import { stationConfig } from '../cli/station-config.ts';

/** Where the installed service serves its group, unless the machine's configuration names another place. */
export const INSTALLED_SOCKET = '/run/evidock/station.sock';

export type Found =
  /** A station runs: its socket, asked anew each time because a restart may move it. */
  | { kind: 'running'; socket(): string | null }
  /** The installed service runs, and whoever is signed in to this machine is not in its group. */
  | { kind: 'no-access'; socket: string }
  | { kind: 'none'; data: string };

/**
 * Looks for a station that runs on this machine: the installed service first, then whoever holds the data folder. A
 * service that may not be used is not the same as none: a second station beside it would split the evidence in two.
 * Fails with `usage.invalid` when the machine's configuration cannot be read.
 */
export async function findStation(): Promise<Result<Found>> {
  const config = stationConfig();
  if (!config.ok) return config;
  const service = config.value?.socket ?? INSTALLED_SOCKET;
  const answer = await knock(service);
  if (answer === 'there') return done({ kind: 'running', socket: () => service });
  if (answer === 'no-access') return done({ kind: 'no-access', socket: service });
  const data = dataFolder(undefined);
  if (!data.ok) return data;
  const socket = () => {
    const holder = currentHolder(data.value);
    return holder?.purpose === 'station' ? holder.socket : null;
  };
  return done(socket() === null ? { kind: 'none', data: data.value } : { kind: 'running', socket });
}

function knock(socket: string): Promise<'there' | 'no-access' | 'none'> {
  return new Promise((resolve) => {
    const knocking = net.connect(socket);
    knocking.once('connect', () => {
      knocking.destroy();
      resolve('there');
    });
    knocking.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES' || error.code === 'EPERM' ? 'no-access' : 'none'));
  });
}
