import { done } from '../../contract/errors.ts';
import { POLICY, PolicyKey } from '../../contract/policy.ts';
import type { VerifyRun } from '../../contract/web/station.ts';
import { probeTools } from '../../media/index.ts';
import { confirmClock } from '../admin-acts.ts';
import { shownRun } from '../long-works.ts';
import { PROGRAM, type Station } from '../open-station.ts';
import { setPolicy } from '../policy.ts';
import { startVerify } from '../run-work.ts';
import { statusOf } from '../status.ts';
import { forgetPort, learnPort, usbPortsOf } from '../usb-ports.ts';
import { readLog } from './log-lines.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

/** Space, versions, settings, checks and the log. */
export function stationHandlers({ station: os }: GuardedContract) {
  return {
    status: os.status.handler(({ context }) => statusOf(context.station)),
    versions: os.versions.handler(({ context, signal }) => versionsOf(context, signal ?? context.signal)),
    policy: os.policy.handler(({ context }) =>
      PolicyKey.options.map((key) => ({ key, value: context.station.policy(key), default: POLICY[key].default })),
    ),
    setPolicy: os.setPolicy.handler(({ context, input }) =>
      setPolicy(context.station.ledger, { ...input, actor: actorOf(context), at: context.station.clock.now() }),
    ),
    confirmClock: os.confirmClock.handler(({ context }) => confirmClock(context.station, actorOf(context))),
    verify: os.verify.handler(({ context, input }) => {
      const { station } = context;
      const started = startVerify(station, input.full, { actor: actorOf(context) });
      return started.ok ? done(verifyRun(station) as VerifyRun) : started;
    }),
    verifyRun: os.verifyRun.handler(({ context }) => verifyRun(context.station)),
    cancelVerify: os.cancelVerify.handler(({ context, input }) => {
      context.station.longWork.verify.cancel(input.id);
      return verifyRun(context.station);
    }),
    usbPorts: os.usbPorts.handler(({ context }) => usbPortsOf(context.station)),
    learnPort: os.learnPort.handler(({ context, input, signal }) =>
      learnPort(context.station, input.port, actorOf(context), signal ?? context.signal),
    ),
    forgetPort: os.forgetPort.handler(({ context, input }) => forgetPort(context.station, input.port, actorOf(context))),
    logs: os.logs.handler(({ context, input, signal }) => readLog(context.station.paths.logs, input, signal ?? context.signal)),
  };
}

function verifyRun(station: Station): VerifyRun | null {
  const run = shownRun(station, 'verify');
  if (run === null) return null;
  const { output, how, ...shown } = run;
  return { ...shown, what: how === 'full' ? 'full' : 'quick', report: output };
}

async function versionsOf({ station }: WebContext, signal: AbortSignal) {
  const tools = await probeTools(signal);
  return [
    { name: 'Evidock', version: PROGRAM.replace(/^evidock /, '') },
    { name: 'Node.js', version: process.versions.node },
    { name: 'SQLite', version: (station.ledger.reader.prepare('SELECT sqlite_version() AS v').get() as { v: string }).v },
    { name: 'OpenSSL', version: process.versions.openssl ?? '' },
    { name: 'FFmpeg', version: tools.ok ? tools.value.ffmpeg : '—' },
    { name: 'engine', version: station.engine.id },
  ];
}
