import { z } from 'zod';
import { LearnedPort, PortNumber, UsbReport } from '../api/docking.ts';
import { outcomeOf } from '../api/outcome.ts';
import { StatusReport, VerifyReport } from '../api/station.ts';
import { LongRun } from '../long-run.ts';
import { PolicyKey } from '../policy.ts';
import { Count, Uuid } from '../values.ts';
import { needs } from './base.ts';

export const LogLine = z.object({ at: z.string(), level: z.enum(['info', 'warn', 'error']), text: z.string(), detail: z.string() });
export type LogLine = z.infer<typeof LogLine>;

export const LogPage = z.object({
  /** Newest first. */
  lines: z.array(LogLine),
  /** Goes on with older ones; null when the oldest line that is kept was looked at. */
  next: z.string().nullable(),
  /** How far back this looked; null when the log is empty, or its oldest line is none. */
  searchedTo: z.string().nullable(),
});
export type LogPage = z.infer<typeof LogPage>;

/** `what` is `full` or `quick`; the report is kept until the next check or the station's end. */
export const VerifyRun = LongRun.extend({ what: z.enum(['full', 'quick']), report: VerifyReport.nullable() });
export type VerifyRun = z.infer<typeof VerifyRun>;

export const stationWebContract = {
  status: needs('station.read').route({ method: 'GET', path: '/status', summary: 'What there is' }).output(StatusReport),
  versions: needs('station.read')
    .route({ method: 'GET', path: '/versions', summary: 'Program, runtime, tools' })
    .output(z.array(z.object({ name: z.string(), version: z.string() }))),
  policy: needs('station.read')
    .route({ method: 'GET', path: '/policy', summary: 'The policy in force' })
    .output(z.array(z.object({ key: PolicyKey, value: z.json(), default: z.json() }))),
  setPolicy: needs('station.configure')
    .route({ method: 'POST', path: '/policy', summary: 'Set a policy value' })
    .input(z.object({ key: PolicyKey, value: z.json() }))
    .output(outcomeOf(z.object({ key: PolicyKey, value: z.json() }))),
  confirmClock: needs('station.configure')
    .route({ method: 'POST', path: '/clock', summary: 'Say that the station clock is right' })
    .output(z.object({ seq: Count })),
  verify: needs('station.read')
    .route({ method: 'POST', path: '/verify', summary: 'Begin to check chain, tables and vault, or join in when that goes on' })
    .input(z.object({ full: z.boolean() }))
    .output(outcomeOf(VerifyRun)),
  verifyRun: needs('station.read')
    .route({ method: 'GET', path: '/verify', summary: 'The check that goes on, or how the last one ended' })
    .output(VerifyRun.nullable()),
  /** What is stopped leaves no report and no entry on the ledger. One that is over stays as it is. */
  cancelVerify: needs('station.read')
    .route({ method: 'POST', path: '/verify/cancel', summary: 'Stop the check that goes on' })
    .input(z.object({ id: Uuid }))
    .output(VerifyRun.nullable()),
  usbPorts: needs('station.read')
    .route({ method: 'GET', path: '/usb-ports', summary: 'Every USB socket, what is in it and what is wrong with it' })
    .output(outcomeOf(UsbReport)),
  /** Answers when something is plugged in, or after two minutes. */
  learnPort: needs('station.configure')
    .route({ method: 'POST', path: '/ports/{port}/learn', summary: 'The place where something is plugged in next is this port' })
    .input(PortNumber)
    .output(outcomeOf(LearnedPort)),
  forgetPort: needs('station.configure')
    .route({ method: 'POST', path: '/ports/{port}/forget', summary: 'The port is none of the dock any more' })
    .input(PortNumber)
    .output(outcomeOf(z.void())),
  logs: needs('station.read')
    .route({ method: 'GET', path: '/logs', summary: 'The log, newest first, as far back as it is kept' })
    .input(
      z.object({
        search: z.string().trim().max(100).default(''),
        limit: z.coerce.number().int().min(1).max(500).default(200),
        cursor: z
          .string()
          .regex(/^\d{1,20}-\d{1,12}$/)
          .optional(),
      }),
    )
    .output(LogPage),
};
