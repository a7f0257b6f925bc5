import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import fs from 'node:fs';
import { writeFileDurably } from '../store/index.ts';

/** The station's Ed25519 key pair. The private half never leaves `keys/` (0600). */
export type StationKey = { publicKey: string; sign(bytes: Uint8Array): string };

/**
 * Reads the station's key, or makes it at first start. `renew`: makes a new one in its place; the former signs nothing
 * any more. The public key is the raw 32 bytes as base64url.
 */
export function openStationKey(file: string, renew: boolean): StationKey {
  if (renew || !fs.existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  }
  const privateKey = createPrivateKey(fs.readFileSync(file));
  return {
    publicKey: rawPublicKey(createPublicKey(privateKey)),
    sign: (bytes) => sign(null, bytes, privateKey).toString('base64url'),
  };
}

/** Whether `signature` (base64url) over `bytes` was made by the holder of `publicKey` (raw, base64url). */
export function verifySignature(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, bytes, key, Buffer.from(signature, 'base64url'));
}

function rawPublicKey(key: KeyObject): string {
  const { x } = key.export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('not an Ed25519 key');
  return x;
}
