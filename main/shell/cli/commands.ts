import fs from 'node:fs';
import path from 'node:path';
import type { IngestedSource } from '../../contract/api/docking.ts';
import type { ImportReport } from '../../contract/api/evidence.ts';
import type { StatusReport } from '../../contract/api/station.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { Stage } from '../../contract/notice.ts';
import { type Command, stoppable, tellAll, unpack } from './command.ts';
import type { StationClient } from './connect.ts';
import { bytesText, EXIT } from './output.ts';

export function ingest(sources: string[], options: { camera?: string; officer?: string; case?: string }): Command {
  return async (client, output) => {
    const events = await client.docking.ingest({
      sources: sources.map((source) => path.resolve(source)),
      camera: options.camera ?? null,
      officer: options.officer ?? null,
      caseNumber: options.case ?? null,
    });
    let results: IngestedSource[] = [];
    for await (const event of events) {
      if (event.event === 'done') results = event.sources;
    }
    output.answer(
      { sources: results },
      results.map(
        (one) =>
          `${one.source}: ${one.camera ?? '?'} 文件 files ${one.files}, 新采集 stored ${one.stored} (${bytesText(one.storedBytes)}), ` +
          `已有 known ${one.seenAgain}, 未采集 refused ${one.refused}, 损坏 damaged ${one.damaged}, 失败 failed ${one.failures.length}`,
      ),
    );
    tellAll(
      results.flatMap((one) => one.failures),
      output,
    );
    if (results.some((one) => one.failures.some((failure) => failure.code.startsWith('ledger.')))) return EXIT.integrity;
    return results.some((one) => one.failures.length > 0 || one.refused > 0 || !one.safe) ? EXIT.refused : EXIT.done;
  };
}

function forecastText(forecast: StatusReport['space']['forecast']): string {
  if (!forecast) return '';
  const { growthBytes, fullAt } = forecast;
  const growth = `每天 a day ${growthBytes < 0 ? '−' : '+'}${bytesText(Math.abs(growthBytes))}`;
  return fullAt === null ? `, ${growth}` : `, ${growth}, 预计写满 full ${fullAt.slice(0, 10)}`;
}

export const status: Command = async (client, output) => {
  const report = await client.station.status();
  const { items, units, deadlines, space, ledger } = report;
  output.answer(report, [
    `采集站 station ${report.station.code} (${report.station.running ? '运行中 running' : '未运行 not running'}), 时钟 clock ${report.station.clock}`,
    `台账 ledger ${ledger.head.seq} ${ledger.head.hash.slice(0, 16)}`,
    `记录仪 cameras ${report.cameras}`,
    `原始文件 items ${items.stored} (${bytesText(items.bytes)}), 已归档 archived ${items.confirmed}, 待归档 waiting ${items.waitingForArchive}, 损坏 damaged ${items.damaged}, 未采集 refused ${items.refused}, 已清除 cleared ${items.clearedFromCamera}, 仅存归档 only in archive ${items.freed}`,
    `音像记录 recordings ${units.recordings}, 已关联 linked ${units.linked}, 建议 suggested ${units.suggested}`,
    `24 小时 24 h: 按时 on time ${deadlines.onTime}, 超时 late ${deadlines.late}, 未定 undetermined ${deadlines.undetermined}`,
    `空间 space: ${bytesText(space.freeBytes)} / ${bytesText(space.totalBytes)}${forecastText(space.forecast)}`,
    ...report.destinations.map((one) => `存储目标 destination ${one.name}: 回执 receipts ${one.receipts}, 待传 waiting ${one.waiting}`),
    ...report.recordings.map(
      (one) =>
        `${one.id} ${one.camera} ${one.start ?? '—'} ${one.durationMs === null ? '—' : `${Math.round(one.durationMs / 1000)} s`} ` +
        `${one.clips} 段 clips${one.damaged > 0 ? `, ${one.damaged} 损坏 damaged` : ''} ${one.caseNumber ?? (one.suggested ? `(建议 suggested: ${one.suggested})` : '—')}`,
    ),
  ]);
  tellAll(report.failures, output);
  return report.failures.length > 0 ? EXIT.refused : EXIT.done;
};

type ListFile = { name: string; contentBase64: string };

const IMPORTS = {
  cases: (client: StationClient, file: ListFile): Promise<ImportReport> => client.evidence.importCases(file),
  people: (client: StationClient, file: ListFile): Promise<ImportReport> => client.evidence.importPeople(file),
  cameras: (client: StationClient, file: ListFile): Promise<ImportReport> => client.docking.importCameras(file),
};

export function importList(file: string, what: keyof typeof IMPORTS): Command {
  return async (client, output) => {
    const bytes = unpack(readList(file), output);
    if (!bytes) return EXIT.refused;
    const input = { name: path.basename(file), contentBase64: bytes.toString('base64') };
    const report = await IMPORTS[what](client, input);
    output.answer(report, [`导入 imported ${report.imported}, 未变 unchanged ${report.unchanged}, 有误 wrong ${report.failures.length}`]);
    tellAll(report.failures, output);
    return report.failures.length > 0 ? EXIT.refused : EXIT.done;
  };
}

function readList(file: string): Result<Buffer> {
  try {
    return done(fs.readFileSync(file));
  } catch (error) {
    return failed('case.file-unreadable', file, String(error));
  }
}

export function hold(caseNumber: string, options: { reason: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.evidence.hold({ caseNumber, reason: options.reason }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`依法保全 under legal hold: ${caseNumber}`]);
    return EXIT.done;
  };
}

export function release(caseNumber: string): Command {
  return async (client, output) => {
    const value = unpack(await client.evidence.release({ caseNumber }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已解除保全 released: ${caseNumber}`]);
    return EXIT.done;
  };
}

export function link(recording: string, options: { case: string; stage?: string }): Command {
  return async (client, output) => {
    const stage = options.stage === undefined ? null : Stage.safeParse(options.stage);
    if (stage && !stage.success) {
      output.refuse(failed('usage.invalid', `--stage ${options.stage}`, Stage.options.join(', ')).failure);
      return EXIT.usage;
    }
    const result = await client.evidence.link({ recording, caseNumber: options.case, stage: stage ? stage.data : null });
    const value = unpack(result, output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已关联 linked ${value.unitId} -> ${options.case}`]);
    return EXIT.done;
  };
}

export function verify(options: { full?: boolean }): Command {
  return async (client, output) => {
    const report = await stoppable(client, (run) => client.station.verify({ full: options.full === true, run }));
    output.answer(report, [
      `台账 entries ${report.entries}, 分段 segments ${report.segments}, 原始文件 items ${report.items}, 读取 read ${bytesText(report.bytesRead)}, ` +
        `违例 violations ${report.violations.length}, 提示 warnings ${report.warnings.length}`,
    ]);
    tellAll([...report.violations, ...report.warnings], output);
    return report.violations.length > 0 ? EXIT.integrity : report.warnings.length > 0 ? EXIT.refused : EXIT.done;
  };
}

export function exportCase(caseNumber: string, options: { out: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.evidence.export({ caseNumber, out: path.resolve(options.out) }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已导出 exported ${value.folder}: ${value.units} 条 units, ${value.files} 文件 files, ${bytesText(value.bytes)}`]);
    return EXIT.done;
  };
}

export const listPolicy: Command = async (client, output) => {
  const values = await client.station.policy();
  output.answer(
    values,
    values.map((one) => `${one.key} = ${JSON.stringify(one.value)}`),
  );
  return EXIT.done;
};

export function setPolicy(key: string, text: string): Command {
  return async (client, output) => {
    const value = unpack(await client.station.setPolicy({ key, value: jsonOrText(text) }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${value.key} = ${JSON.stringify(value.value)}`]);
    return EXIT.done;
  };
}

function jsonOrText(text: string): string | number | boolean | null {
  return /^(true|false|null|-?\d+)$/.test(text) ? (JSON.parse(text) as number | boolean | null) : text;
}

export function backup(options: { out: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.station.backup({ out: path.resolve(options.out) }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${value.folder}: ${bytesText(value.bytes)}`]);
    return EXIT.done;
  };
}

export const confirmClock: Command = async (client, output) => {
  const { seq } = await client.station.confirmClock();
  output.answer({ seq }, [`已确认时钟 clock confirmed (${seq})`]);
  return EXIT.done;
};

export const adminCode: Command = async (client, output) => {
  const value = unpack(await client.station.adminCode(), output);
  if (!value) return EXIT.refused;
  output.answer(value, [value.code]);
  return EXIT.done;
};
