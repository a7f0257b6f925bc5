export type { Checkpoint } from './checkpoint.ts';
export { decodeStrictly, safeName } from './safe-name.pure.ts';
export { Sidecar } from './sidecar.ts';
export { provenFileSystem, type Space, spaceOf } from './space.ts';
export { openVault, type Partial, pathDigest, SIDECAR_NAME, sidecarDigest, type Vault } from './vault.ts';
