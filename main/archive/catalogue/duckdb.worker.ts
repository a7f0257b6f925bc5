import process from 'node:process';
import { listChanged } from './changed-job.ts';
import { compare } from './compare-job.ts';
import type { FromJob, Job } from './run-job.ts';
import { listStations } from './stations-job.ts';
import { writeFiles } from './write-job.ts';

/** A process for one job on tables; see `run-job.ts`. */
process.once('message', async (job: Job) => {
  let last: FromJob;
  try {
    last = { done: await carryOut(job), residentBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    last = { failed: error instanceof Error ? error.message : String(error) };
  }
  await tell(last);
  process.disconnect?.();
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());

function carryOut(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'write':
      return writeFiles(job);
    case 'compare':
      return compare(job, (step) => tell({ step }));
    case 'changed':
      return listChanged(job);
    case 'stations':
      return listStations(job);
  }
}

/** Resolves when the message has left this process: a large answer takes a while. */
function tell(message: FromJob): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
