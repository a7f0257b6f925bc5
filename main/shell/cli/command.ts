import readline from 'node:readline';
import { v7 as uuidv7 } from 'uuid';
import type { Failure, Result } from '../../contract/errors.ts';
import type { Progress } from '../../contract/long-run.ts';
import type { StationClient } from './connect.ts';
import { bytesText, type Output } from './output.ts';

/** A command: asks the station, tells the answer, ends with an exit code. */
export type Command = (client: StationClient, output: Output) => Promise<number>;

/** Tells what failed and gives the code for it; the value when nothing did. */
export function unpack<T>(result: Result<T>, output: Output): T | null {
  if (result.ok) return result.value;
  output.refuse(result.failure);
  return null;
}

export function tellAll(failures: readonly Failure[], output: Output): void {
  for (const failure of failures) output.failure(failure);
}

/** Asks somebody at a terminal, who has to say yes; where there is none, nobody has. */
export async function confirmed(output: Output, question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  output.say(question);
  const lines = readline.createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return /^(y|yes|是)$/i.test(line.trim());
  }
  return false;
}

/**
 * Long work that Ctrl-C stops: the station is told, what it was at is let go in good order, and its answer says what was
 * done. A second Ctrl-C ends the command at once. What somebody else began goes on.
 */
export async function stoppable<T>(client: StationClient, work: (run: string) => Promise<T>): Promise<T> {
  const run = uuidv7();
  const stop = () => void client.station.stopRun({ run });
  process.once('SIGINT', stop);
  try {
    return await work(run);
  } finally {
    process.off('SIGINT', stop);
  }
}

export function progressLine({ phase, items, ofItems, bytes, ofBytes }: Progress, remainingMs: number | null): string {
  const left = remainingMs === null ? '' : `, 约剩 left ${Math.ceil(remainingMs / 1000)} s`;
  const read = ofBytes === null ? '' : ` (${bytesText(bytes)} / ${bytesText(ofBytes)})`;
  return `${PHASES[phase]} ${items}${ofItems === null ? '' : ` / ${ofItems}`}${read}${left}`;
}

const PHASES: Record<Progress['phase'], string> = {
  ledger: '台账 ledger',
  source: '来源 source',
  vault: '本地库 vault',
  archive: '归档 archive',
  forward: '推送 forward',
  comparison: '比对 comparison',
};

/** Characters of a difference's id that a person types. */
export const SHORT_ID = 12;
