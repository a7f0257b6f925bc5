import { type Failure, failed } from '../../contract/errors.ts';
import { hasAdmin, openStation, type Station, type StationServer, serveStation } from '../../station/index.ts';
import type { StationMessage } from '../supervise/supervise.ts';
import { EXIT, exitOf, type Output } from './output.ts';

/** Trees below which desktops mount what is plugged in. */
const MOUNT_TREES = ['/media', '/run/media'];

export type RunOptions = {
  data: string;
  port: number;
  socket: string | undefined;
  docks: readonly string[];
  usb: boolean;
  settleMs: number;
  stallMs: number;
};

/** `evidock station`: runs until it is told to stop (SIGINT, SIGTERM), then ends cleanly. */
export async function runStation(options: RunOptions, output: Output): Promise<number> {
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65_535) {
    output.refuse(failed('usage.invalid', `--port ${options.port}`, '0 to 65535').failure);
    return EXIT.usage;
  }
  const { data, docks, usb, settleMs, stallMs } = options;
  // A station that mounts cameras itself would meet those of a desktop a second time.
  const mountTrees = usb ? [] : MOUNT_TREES;
  const opened = await openStation({ data, purpose: 'station', create: true, docks, mountTrees, usb, settleMs, stallMs });
  if (!opened.ok) return refuse(opened.failure, output);
  const station = opened.value;
  const server = await serveStation(station, { port: options.port, sharedSocket: options.socket });
  if (!server.ok) {
    await station.close();
    return refuse(server.failure, output);
  }
  sayStarted(station, server.value, output);
  // Where a kiosk started this station, it waits to be told.
  process.send?.({ kind: 'ready', socket: server.value.socket, url: server.value.url } satisfies StationMessage);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await server.value.close();
  await station.close();
  return EXIT.done;
}

function refuse(failure: Failure, output: Output): number {
  output.refuse(failure);
  return exitOf(failure.code);
}

function sayStarted(station: Station, { socket, url }: StationServer, output: Output): void {
  const { cutBytes, rolledForward, rewritten } = station.ledger.opened.settlement;
  if (cutBytes + rolledForward + rewritten > 0) {
    output.say(`台账已修复 ledger settled: 截去 cut ${cutBytes} B, 补入 rolled forward ${rolledForward}, 补写 rewritten ${rewritten}`);
  }
  if (station.recovered.adopted > 0) output.say(`已收回 adopted ${station.recovered.adopted} 个文件 files`);
  for (const failure of station.recovered.failures) output.failure(failure);
  output.say(`采集站 station ${station.identity.stationCode}: ${url}`);
  const setUpCode = hasAdmin(station.ledger) ? null : station.setUpCode.renew();
  if (setUpCode !== null) {
    output.say(`尚无管理员：请在页面上用一次性代码 ${setUpCode} 创建 / no admin yet: make one on the page with this one-time code`);
  }
  if (output.json) output.answer({ event: 'ready', station: station.identity.stationId, socket, url, setUpCode }, []);
}
