import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { DestinationSettings } from '../../contract/api/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { parsedAs, readKey } from '../key-file.ts';

export type S3Settings = Extract<DestinationSettings, { kind: 's3' }>;

const S3Key = z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1), sessionToken: z.string().min(1).optional() });

/** Connections open at once; parts and files share them. */
const SOCKETS = 16;
/** How often a request is sent in all. */
export const ATTEMPTS = 4;

/** Sends a request, again when that is worth it; `once` never does by itself. They share their connections. */
export type Clients = { client: S3Client; once: S3Client };

/** Clients with the key as it is in its file now. `silenceMs` without a byte and the far end is taken for dead. */
export function openClients(settings: S3Settings, silenceMs: number): Result<Clients> {
  const key = readKey(settings.key, parsedAs(S3Key));
  if (!key.ok) return key;
  const { accessKeyId, secretAccessKey, sessionToken } = key.value;
  let ca: string | undefined;
  try {
    ca = settings.ca === null ? undefined : fs.readFileSync(settings.ca, 'utf8');
  } catch (error) {
    return failed('destination.not-trusted', settings.ca ?? '', String(error));
  }
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  const config: S3ClientConfig = {
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: settings.pathStyle,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    // Ceph answers 411 to the SDK's own checksums of streams, and ignores those of whole bodies: bytes are proven otherwise.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(10_000, silenceMs),
      socketTimeout: silenceMs,
      // Agents and not their options: for large bodies the SDK makes new ones of its own otherwise, which know no authority.
      httpAgent: new http.Agent(agent),
      httpsAgent: new https.Agent(ca === undefined ? agent : { ...agent, ca }),
    },
  };
  return done({ client: new S3Client({ ...config, maxAttempts: ATTEMPTS }), once: new S3Client({ ...config, maxAttempts: 1 }) });
}

/** Options of a request that ends when the signal aborts. */
export const stoppedBy = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
