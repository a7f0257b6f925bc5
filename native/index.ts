export { type ChosenEngine, chooseCopyEngine } from './choose-engine.ts';
export type { Checkpoint, Copied, CopyEngine, CopyJob, Digests, Hashed, Hole, JobOptions, ListedFacts, Outcome, Proven } from './engine.ts';
export { systemCode } from './failures.ts';
export { createPortableEngine } from './portable/portable-engine.ts';
export { copyRemote, fingerprintRemote, hashRemote, type RemoteEntry, type RemoteFile, type RemoteFiles } from './remote-files.ts';
