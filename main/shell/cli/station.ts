import { openStation, serveStation } from '../../station/index.ts';
import { EXIT, type Output } from './output.ts';

/** Trees below which desktops mount what is plugged in. */
const MOUNT_TREES = ['/media', '/run/media'];

/** `evidock station`: runs until it is told to stop (SIGINT, SIGTERM), then ends cleanly. */
export async function runStation(data: string, docks: readonly string[], settleMs: number, output: Output): Promise<number> {
  const opened = await openStation({ data, purpose: 'station', create: true, docks, mountTrees: MOUNT_TREES, settleMs });
  if (!opened.ok) {
    output.failure(opened.failure);
    return opened.failure.code.startsWith('ledger.') || opened.failure.code.startsWith('database.') ? EXIT.integrity : EXIT.refused;
  }
  const station = opened.value;
  const server = await serveStation(station);
  const { cutBytes, rolledForward, rewritten } = station.ledger.opened.settlement;
  if (cutBytes + rolledForward + rewritten > 0) {
    output.say(`台账已修复 ledger settled: 截去 cut ${cutBytes} B, 补入 rolled forward ${rolledForward}, 补写 rewritten ${rewritten}`);
  }
  if (station.recovered.adopted > 0) output.say(`已收回 adopted ${station.recovered.adopted} 个文件 files`);
  for (const failure of station.recovered.failures) output.failure(failure);
  output.say(`采集站 station ${station.identity.stationCode}: ${server.socket}`);
  if (output.json) output.answer({ event: 'ready', station: station.identity.stationId, socket: server.socket }, []);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await server.close();
  await station.close();
  return EXIT.done;
}
