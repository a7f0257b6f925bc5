export type { Copied, CopyEngine, CopyJob, Hashed, JobOptions, ListedFacts, Outcome } from './engine.ts';
export { createPortableEngine } from './portable/portable-engine.ts';
export { systemCode } from './portable/source-file.ts';
