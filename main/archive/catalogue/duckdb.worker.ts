import process from 'node:process';
import type { FromJob, Job } from './run-job.ts';
import { writeFiles } from './write-job.ts';

/** A process for one job on tables; see `run-job.ts`. */
process.once('message', async (job: Job) => {
  const tell = (message: FromJob) => process.send?.(message);
  try {
    tell({ done: await carryOut(job), residentBytes: process.resourceUsage().maxRSS * 1024 });
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());

function carryOut(job: Job): Promise<unknown> {
  return writeFiles(job);
}
