import { z } from 'zod';
import type { PortState } from '../../contract/web/wall.ts';

/** The states of a port in which pulling the plug would stop something. */
const BUSY: readonly string[] = ['recognising', 'copying', 'proving'] satisfies PortState[];

const Ports = z.object({ ports: z.array(z.object({ state: z.string() })) });

/** How long the station may take to say it, ms. */
const PATIENCE_MS = 2000;

/** How many cameras are being read now, as the station says; null when it does not. */
export async function countCopying(ask: (request: Request) => Promise<Response>): Promise<number | null> {
  try {
    const answer = await ask(new Request('station://app/api/v1/ports', { signal: AbortSignal.timeout(PATIENCE_MS) }));
    const told = Ports.safeParse(await answer.json());
    return told.success ? told.data.ports.filter((port) => BUSY.includes(port.state)).length : null;
  } catch {
    // A station that does not answer has not said that it is idle.
    return null;
  }
}
