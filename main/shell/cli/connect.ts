import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { Agent } from 'undici';
import type { LocalContract } from '../../contract/api/index.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { createRouter, currentHolder, openStation } from '../../station/index.ts';
import { stationConfig } from './station-config.ts';

export type StationClient = ContractRouterClient<LocalContract>;
export type Connection = { client: StationClient; close(): Promise<void> };

/** The data folder a command means: --data, EVIDOCK_DATA, the machine's station.toml, else the XDG state folder. */
export function dataFolder(option: string | undefined): Result<string> {
  const named = option ?? process.env['EVIDOCK_DATA'];
  if (named !== undefined) return done(path.resolve(named));
  const configured = stationConfig();
  if (!configured.ok) return configured;
  const state = process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local', 'state');
  return done(path.resolve(configured.value?.data ?? path.join(state, 'evidock')));
}

/** The socket that the machine's configuration gives the station of this data folder; a station elsewhere must not take it. */
export function configuredSocket(data: string): Result<string | undefined> {
  const configured = stationConfig();
  if (!configured.ok) return configured;
  return done(configured.value && path.resolve(configured.value.data) === data ? configured.value.socket : undefined);
}

/**
 * Connects a command to its station: to the running one when something holds the data folder, else by opening it in
 * process. `create` lets a writing command make the folder; a reading one never does.
 */
export async function connect(data: string, options: { create: boolean }): Promise<Result<Connection>> {
  const holder = currentHolder(data);
  if (holder?.purpose === 'station') return connectTo(holder.socket, data);
  const opened = await openStation({ data, purpose: 'command', create: options.create, docks: [], mountTrees: [], settleMs: 0 });
  if (!opened.ok) return opened;
  const station = opened.value;
  return { ok: true, value: { client: createRouterClient(createRouter(station)), close: () => station.close() } };
}

function connectTo(socket: string | null, data: string): Result<Connection> {
  if (socket === null || !fs.existsSync(socket)) return failed('data-folder.station-unreachable', data, 'no socket announced');
  const agent = new Agent({ connect: { socketPath: socket }, headersTimeout: 0, bodyTimeout: 0 });
  const link = new RPCLink({
    url: 'http://station/rpc',
    // Node's own fetch takes a dispatcher of undici's; its typings do not say so.
    fetch: (request, init) => fetch(request, { ...init, dispatcher: agent } as unknown as RequestInit),
  });
  return { ok: true, value: { client: createORPCClient(link), close: () => agent.close() } };
}
