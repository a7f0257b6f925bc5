import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { CONNECTION_FILE_BYTES } from '../../contract/api/archive.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { readKey } from '../key-file.ts';

const Text = (max: number) => z.string().min(1).max(max);
const Http = z.url({ protocol: /^https?$/ }).max(512);

/** How to reach a content destination, as its administrator hands it out; it holds the secret. What it names beside this is left out. */
export const ConnectionFile = z.object({
  ConnectionFileVersion: Text(64),
  SiteName: Text(64),
  ApplicationName: Text(256),
  ApplicationVersion: z.string().max(64),
  /** Tried in order. */
  AuthenticationTokenURI: z.array(Http).min(1).max(10),
  /** Authorities that certify the server; none: those the machine trusts. */
  HTTPSCertificate: z
    .array(
      z
        .string()
        .max(16 * 1024)
        .transform(pemOf),
    )
    .max(10)
    .default([]),
  BlobAPIKey: Text(64),
  BlobAPIUserName: Text(64),
  /** Everything can be stored and read there: a Swift server, and not an application that only takes recordings. */
  FullStoreAndReadSupport: z.boolean().default(false),
  WantEncryption: z.boolean().default(false),
});
export type ConnectionFile = z.infer<typeof ConnectionFile>;

/** Base64 of a certificate in DER or PEM, or the PEM itself, as PEM. */
function pemOf(text: string, context: z.RefinementCtx): string {
  const bytes = text.includes('-----BEGIN') ? Buffer.from(text) : Buffer.from(text, 'base64');
  try {
    return new X509Certificate(bytes).toString();
  } catch {
    context.addIssue({ code: 'custom', message: 'not an X.509 certificate' });
    return z.NEVER;
  }
}

/**
 * Reads a connection file. `destination.connection-file-invalid` names the field that is wrong, never what stands in it;
 * `destination.wants-encryption` when the far end takes nothing that it cannot decrypt by itself.
 */
export function readConnectionFile(text: string, name: string): Result<ConnectionFile> {
  const wrong = (detail: string) => failed('destination.connection-file-invalid', `${name}: ${detail}`);
  if (Buffer.byteLength(text) > CONNECTION_FILE_BYTES) return wrong(`longer than ${CONNECTION_FILE_BYTES} bytes`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // What a parser says may hold part of the secret.
    return wrong('not JSON');
  }
  const parsed = ConnectionFile.safeParse(content);
  if (!parsed.success) return wrong(parsed.error.issues.map((issue) => issue.path.join('.') || 'not an object').join(', '));
  if (parsed.data.WantEncryption) return failed('destination.wants-encryption', name, parsed.data.SiteName);
  return done(parsed.data);
}

/** A connection file where it is kept: with the same care as every key, because it holds one. */
export function openConnection(place: string): Result<ConnectionFile> {
  const text = readKey(place, (content) => content);
  return text.ok ? readConnectionFile(text.value, place) : text;
}
