import process from 'node:process';
import { compare } from './compare-job.ts';
import type { FromJob, Job } from './run-job.ts';
import { writeFiles } from './write-job.ts';

/** A process for one job on tables; see `run-job.ts`. */
process.once('message', async (job: Job) => {
  let last: FromJob;
  try {
    const done = job.kind === 'write' ? await writeFiles(job) : await compare(job, (step) => tell({ step }));
    last = { done, residentBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    last = { failed: error instanceof Error ? error.message : String(error) };
  }
  await tell(last);
  process.disconnect?.();
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());

/** Resolves when the message has left this process: a large answer takes a while. */
function tell(message: FromJob): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
