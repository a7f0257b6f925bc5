import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { Difference, ReconcileReport, RecordedArchiveResult } from '../../contract/api/archive.ts';
import { type IngestedSource, Password, PutFirst, type SteeringAct, type UsbPort } from '../../contract/api/docking.ts';
import type { ImportReport } from '../../contract/api/evidence.ts';
import { ArchiveClass, type ArchiveDifference } from '../../contract/archive-difference.ts';
import { MergeReason } from '../../contract/entries/dock.ts';
import { done, type Failure, failed, type Result } from '../../contract/errors.ts';
import type { Progress } from '../../contract/long-run.ts';
import { Stage } from '../../contract/notice.ts';
import type { StationClient } from './connect.ts';
import { type DestinationOptions, destinationSettings } from './destination-settings.ts';
import { bytesText, EXIT, type Output, worst } from './output.ts';

/** A command: asks the station, tells the answer, ends with an exit code. */
export type Command = (client: StationClient, output: Output) => Promise<number>;

/** Tells what failed and gives the code for it; the value when nothing did. */
function unpack<T>(result: Result<T>, output: Output): T | null {
  if (result.ok) return result.value;
  output.refuse(result.failure);
  return null;
}

function tellAll(failures: readonly Failure[], output: Output): void {
  for (const failure of failures) output.failure(failure);
}

/**
 * Long work that Ctrl-C stops: the station is told, what it was at is let go in good order, and its answer says what was
 * done. A second Ctrl-C ends the command at once. What somebody else began goes on.
 */
async function stoppable<T>(client: StationClient, work: (run: string) => Promise<T>): Promise<T> {
  const run = uuidv7();
  const stop = () => void client.station.stopRun({ run });
  process.once('SIGINT', stop);
  try {
    return await work(run);
  } finally {
    process.off('SIGINT', stop);
  }
}

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

export const status: Command = async (client, output) => {
  const report = await client.station.status();
  const { items, units, deadlines, space, ledger } = report;
  output.answer(report, [
    `采集站 station ${report.station.code} (${report.station.running ? '运行中 running' : '未运行 not running'}), 时钟 clock ${report.station.clock}`,
    `台账 ledger ${ledger.head.seq} ${ledger.head.hash.slice(0, 16)}`,
    `记录仪 cameras ${report.cameras}`,
    `原始文件 items ${items.stored} (${bytesText(items.bytes)}), 已归档 archived ${items.confirmed}, 待归档 waiting ${items.waitingForArchive}, 损坏 damaged ${items.damaged}, 未采集 refused ${items.refused}, 已清除 cleared ${items.clearedFromCamera}`,
    `音像记录 recordings ${units.recordings}, 已关联 linked ${units.linked}, 建议 suggested ${units.suggested}`,
    `24 小时 24 h: 按时 on time ${deadlines.onTime}, 超时 late ${deadlines.late}, 未定 undetermined ${deadlines.undetermined}`,
    `空间 space: ${bytesText(space.freeBytes)} / ${bytesText(space.totalBytes)}`,
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

export function forward(options: { to?: string; onlyFailed?: boolean }): Command {
  return async (client, output) => {
    const input = { to: options.to ?? null, onlyFailed: options.onlyFailed === true };
    const reports = unpack(await stoppable(client, (run) => client.archive.forward({ ...input, run })), output);
    if (!reports) return EXIT.refused;
    output.answer(
      { destinations: reports },
      reports.map(
        (one) =>
          `${one.destination}: ${one.stopped ? '已停止 stopped, ' : ''}已传 forwarded ${one.forwarded} (${one.items} 文件 files, ${bytesText(one.bytes)}), 待传 waiting ${one.waiting}`,
      ),
    );
    tellAll(
      reports.flatMap((one) => one.failures),
      output,
    );
    return worst(...reports.map((one) => (one.failures.length > 0 ? EXIT.refused : one.waiting > 0 ? EXIT.partly : EXIT.done)));
  };
}

export function reconcile(options: { source?: string; to?: string; report?: string }): Command {
  return async (client, output) => {
    const source = options.source === undefined ? null : path.resolve(options.source);
    if (source !== null && !fs.statSync(source, { throwIfNoEntry: false })?.isDirectory()) {
      output.refuse(failed('source.missing', source).failure);
      return EXIT.refused;
    }
    const report = options.report === undefined ? null : path.resolve(options.report);
    const outcome = await stoppable(client, async (run) => {
      let told: Result<ReconcileReport> | null = null;
      for await (const event of await client.archive.reconcile({ source, to: options.to ?? null, report, run })) {
        if (event.event === 'done') told = event.outcome;
        else output.say(progressLine(event.progress, event.remainingMs));
      }
      return told;
    });
    if (!outcome) throw new Error('a reconciliation ended without a word');
    const result = unpack(outcome, output);
    if (!result) return EXIT.refused;
    output.answer(result, [
      `一致 same ${result.same}, 缺少 missing ${result.missing}, 不一致 differs ${result.differs}, 多出 extra ${result.extra}, 待归档 waiting ${result.waiting}`,
      `未决 open ${result.open}, 已说明 explained ${result.explained}, 结果 result ${result.resultSha256}`,
      ...result.differences.flatMap(differenceLine),
    ]);
    // What is explained is in the answer and not complained about, unless bytes are not what was recorded.
    tellAll(
      result.differences.filter((one) => result.hashMismatch || one.explanation === null).map(({ code, what, detail }) => ({ code, what, detail })),
      output,
    );
    // Explained or not: bytes that are not what was recorded stay a violation.
    if (result.hashMismatch) return EXIT.integrity;
    return result.open > 0 ? EXIT.refused : result.waiting > 0 ? EXIT.partly : EXIT.done;
  };
}

export function listStations(options: { to?: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.archive.stations({ to: options.to ?? null }), output);
    if (!value) return EXIT.refused;
    output.answer(
      value,
      value.map(
        (one) =>
          `${one.code ?? '?'} ${one.stationId} 最近 last seen ${one.lastSeenAt ?? '—'}, 原始文件 originals ${one.items ?? '—'}, ` +
          `待归档 waiting ${one.waiting ?? '—'}${one.waitingSince === null ? '' : ` (${one.waitingSince})`}, 超时 late ${one.late ?? '—'}, ` +
          `台账至 ledger to ${one.ledgerTo ?? '—'} / ${one.headSeq ?? '—'}, 缺 missing ${one.ledgerMissing ?? '—'}` +
          `${one.catalogue === 'whole' ? '' : `, 目录 catalogue ${one.catalogue}`}`,
      ),
    );
    return value.every((one) => one.catalogue === 'whole' && one.ledgerMissing === 0) ? EXIT.done : EXIT.refused;
  };
}

export function reconcileAll(options: { to?: string; report?: string }): Command {
  return async (client, output) => {
    const report = options.report === undefined ? null : path.resolve(options.report);
    let outcome: Result<RecordedArchiveResult> | null = null;
    let unprinted: Failure | null = null;
    for await (const event of await client.archive.reconcileAll({ to: options.to ?? null, report })) {
      if (event.event === 'done') [outcome, unprinted] = [event.outcome, event.unprinted];
      else output.say(progressLine(event.progress, event.remainingMs));
    }
    if (!outcome) throw new Error('a reconciliation ended without a word');
    const result = unpack(outcome, output);
    if (!result) return EXIT.refused;
    const { stations, items, same, waiting, read, counts, differences } = result.content;
    output.answer(result, [
      `采集站 stations ${stations}, 原始文件 originals ${items}, 一致 same ${same}, 待归档 waiting ${waiting}, 重新读取 read again ${read}`,
      ...ArchiveClass.options.map((name) => `${ARCHIVE_WORDS[name]} ${name} ${counts[name]}`),
      ...differences.map(archiveDifferenceLine),
      `结果 result ${result.sha256}`,
    ]);
    if (unprinted) output.failure(unprinted);
    if (counts.differs > 0) return EXIT.integrity;
    return Object.values(counts).some((count) => count > 0) ? EXIT.refused : waiting > 0 ? EXIT.partly : EXIT.done;
  };
}

function archiveDifferenceLine(one: ArchiveDifference): string {
  const about = one.key ?? one.itemId ?? one.unitId ?? one.dockingId ?? '';
  const values = one.expected === null && one.found === null ? '' : ` (${one.expected ?? '—'} / ${one.found ?? '—'})`;
  return `${one.class} ${one.location} ${one.cause} ${one.stationId} ${about}${values} ${one.since ?? '—'} → ${ARCHIVE_WORDS[one.action]} ${one.action}`;
}

const ARCHIVE_WORDS: Record<ArchiveClass | ArchiveDifference['action'], string> = {
  missing: '缺少',
  differs: '不一致',
  extra: '多出',
  duplicate: '跨站重复',
  late: '超过 24 小时',
  unlinked: '未关联',
  unreadable: '无法读取',
  resend: '重新推送',
  're-read': '重新读取',
  quarantine: '隔离核查',
  explain: '说明原因',
  link: '关联案件',
  rewrite: '重写目录或台账',
};

function progressLine({ phase, items, ofItems, bytes, ofBytes }: Progress, remainingMs: number | null): string {
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
};

/** Characters of a difference's id that a person types. */
const SHORT_ID = 12;

function differenceLine({ id, code, explanation }: Difference): string[] {
  if (id === null) return [];
  const how = explanation
    ? `已说明 explained ${explanation.at} ${explanation.by ?? '—'}: ${explanation.reason ?? '—'} (${explanation.id})`
    : '未决 open';
  return [`${id.slice(0, SHORT_ID)} ${code} ${how}`];
}

export function explain(difference: string, options: { reason: string }): Command {
  return async (client, output) => {
    const input = { reconciliation: null, difference, reason: options.reason };
    const value = unpack(await client.archive.explain(input), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已说明 explained ${difference}: ${value.reason} (${value.id})`]);
    return EXIT.done;
  };
}

export function reopen(explanation: string): Command {
  return async (client, output) => {
    const value = unpack(await client.archive.reopen({ explanation }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已撤回 taken back ${explanation} (${value.seq})`]);
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

export const listDestinations: Command = async (client, output) => {
  const list = await client.archive.destinations();
  output.answer(
    list,
    list.map(
      (one) => `${one.name} ${one.kind}${one.sameDisk ? ' (与本地库同盘 same disk)' : ''} 回执 receipts ${one.receipts} 待传 waiting ${one.waiting}`,
    ),
  );
  return EXIT.done;
};

export function addDestination(name: string, where: string, options: DestinationOptions): Command {
  return async (client, output) => {
    const settings = destinationSettings(where, options);
    if (!settings.ok) {
      output.refuse(settings.failure);
      return EXIT.usage;
    }
    const value = unpack(await client.archive.addDestination({ name, settings: settings.value }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${value.name} ${value.id}${value.sameDisk ? ' (与本地库同盘 same disk)' : ''} ${value.capabilities.join(' ')}`.trimEnd()]);
    return EXIT.done;
  };
}

export function testDestination(name: string): Command {
  return async (client, output) => {
    const value = unpack(await client.archive.testDestination({ name }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${value.name}: ${value.elapsedMs} ms`]);
    return EXIT.done;
  };
}

export function writeCatalogue(options: { to?: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.archive.writeCatalogue({ to: options.to ?? null }), output);
    if (!value) return EXIT.refused;
    output.answer(
      value,
      value.map(
        (one) => `${one.destination}: 已写 written ${one.files} 文件 files, ${one.rows} 行 rows, ${bytesText(one.bytes)}, 台账至 up to ${one.upTo}`,
      ),
    );
    return EXIT.done;
  };
}

export const listCameras: Command = async (client, output) => {
  const list = await client.docking.cameras();
  output.answer(
    list,
    list.map(
      (one) =>
        `${one.cameraId} ${one.serial} ${one.profile} ${one.identitySource} 文件 items ${one.items} 最近 last ${one.lastDocked ?? '—'} ` +
        `时钟偏差 drift ${driftText(one.clock)}` +
        `${one.sameAs === null ? '' : ` 即 is ${one.sameAs}`}`,
    ),
  );
  return EXIT.done;
};

/** Seconds the camera's clock was ahead of the station's; nothing tells those that are never unlocked by a protocol. */
function driftText(clock: Cameras[number]['clock']): string {
  if (clock === null) return '未知（读不到时钟） not known (nothing reads its clock)';
  const seconds = `${clock.offsetMs < 0 ? '-' : '+'}${(Math.abs(clock.offsetMs) / 1000).toFixed(1)} s`;
  const basis = clock.stationClock === 'station-checked' ? '' : ' 采集站时钟未核对 station clock unchecked';
  return `${seconds} (${clock.readAt}${clock.setAt === null ? '' : ', 已校时 set'})${basis}`;
}

/** Reads the password from standard input, so that it is in no list of processes and no history of a shell. */
export function setCameraPassword(name: string | undefined, options: { profile?: string; admin?: boolean }): Command {
  return async (client, output) => {
    if ((name === undefined) === (options.profile === undefined)) {
      output.refuse(failed('usage.invalid', 'camera password', '<camera> | --profile ID').failure);
      return EXIT.usage;
    }
    const camera = name === undefined ? null : unpack(cameraOf(await client.docking.cameras(), name), output);
    if (name !== undefined && camera === null) return EXIT.refused;
    const login = options.admin ? 'admin' : 'user';
    const password = Password.safeParse(await readSecret(output));
    if (!password.success) {
      output.refuse(failed('camera.password-invalid', name ?? options.profile ?? '').failure);
      return EXIT.refused;
    }
    const owner = camera === null ? { profile: options.profile ?? '' } : { camera };
    const set = await client.docking.setCameraPassword({ owner, login, password: password.data });
    if (!set.ok) {
      output.refuse(set.failure);
      return EXIT.refused;
    }
    output.answer({ owner, login }, ['密码已保存，下次接入时使用 the password is kept, and used at the next docking']);
    return EXIT.done;
  };
}

/** One line of standard input; a terminal does not show it. */
async function readSecret(output: Output): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) output.say('密码 password:');
  const lines = readline.createInterface({
    input: process.stdin,
    output: isTerminal ? new Writable({ write: (_, __, next) => next() }) : undefined,
    terminal: isTerminal,
  });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return '';
}

export function registerCamera(serial: string, options: { profile: string }): Command {
  return async (client, output) => {
    const value = unpack(await client.docking.registerCamera({ serial, profile: options.profile }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${serial} ${value.cameraId}`]);
    return EXIT.done;
  };
}

type Cameras = Awaited<ReturnType<StationClient['docking']['cameras']>>;

/** The one camera of that id or serial. */
function cameraOf(list: Cameras, name: string): Result<string> {
  const [found, ...others] = list.filter((one) => one.cameraId === name || one.serial === name);
  if (!found) return failed('camera.not-registered', name);
  return others.length === 0 ? done(found.cameraId) : failed('usage.invalid', name, [found, ...others].map((one) => one.cameraId).join(', '));
}

export function mergeCamera(name: string, into: string, options: { because: string }): Command {
  return async (client, output) => {
    const because = MergeReason.safeParse(options.because);
    if (!because.success) {
      output.refuse(failed('usage.invalid', `--because ${options.because}`, MergeReason.options.join(', ')).failure);
      return EXIT.usage;
    }
    const list = await client.docking.cameras();
    const [camera, other] = [unpack(cameraOf(list, name), output), unpack(cameraOf(list, into), output)];
    if (!camera || !other) return EXIT.refused;
    const merged = await client.docking.mergeCameras({ camera, into: other, because: because.data });
    if (!merged.ok) {
      output.refuse(merged.failure);
      return EXIT.refused;
    }
    output.answer({ camera, into: other }, [`${name} 即 is ${into}`]);
    return EXIT.done;
  };
}

export function separateCamera(name: string): Command {
  return async (client, output) => {
    const camera = unpack(cameraOf(await client.docking.cameras(), name), output);
    if (!camera) return EXIT.refused;
    const separated = await client.docking.separateCamera({ camera });
    if (!separated.ok) {
      output.refuse(separated.failure);
      return EXIT.refused;
    }
    output.answer({ camera }, [`${name} 已独立 stands by itself`]);
    return EXIT.done;
  };
}

export const listPorts: Command = async (client, output) => {
  const live = await client.docking.live();
  const usb = await client.docking.usbPorts();
  output.answer({ docked: live, usb: usb.ok ? usb.value : null }, [
    ...live.map((one) => `${one.port}: ${one.camera} ${one.state} ${one.doneFiles}/${one.files} ${bytesText(one.doneBytes)}/${bytesText(one.bytes)}`),
    ...(usb.ok ? usbTree(usb.value.ports) : []),
  ]);
  if (usb.ok) tellAll([...usb.value.failures, ...usb.value.ports.flatMap((port) => port.failures)], output);
  return EXIT.done;
};

/** Controllers, and the sockets of each and of its hubs, one a line, further in behind every hub. */
function usbTree(ports: readonly UsbPort[]): string[] {
  const controllers = Map.groupBy(ports, ({ place }) => place.slice(0, place.lastIndexOf('-')));
  return [...controllers].flatMap(([controller, sockets]) => [controller, ...sockets.map(socketLine)]);
}

function socketLine({ place, port, learned, device, failures }: UsbPort): string {
  const chain = place.slice(place.lastIndexOf('-') + 1);
  const number = port === null ? '' : ` [${port}${learned ? '' : '?'}]`;
  const speed = device?.speedMbps ? ` ${device.speedMbps} Mb/s` : '';
  const wrong = failures.map((failure) => ` !${failure.code}`).join('');
  return `${'  '.repeat(chain.split('.').length)}${chain}${number} ${device ? `${device.name}${device.isHub ? ' (hub)' : ''}${speed}` : '-'}${wrong}`;
}

export function learnPort(port: string): Command {
  return async (client, output) => {
    output.say(`请现在把记录仪接入 ${port} 号口 / plug a camera into port ${port} now`);
    const learned = unpack(await client.docking.learnPort({ port: Number(port) }), output);
    if (!learned) return EXIT.refused;
    output.answer(learned, [`${learned.port}: ${learned.place} (${learned.device})`]);
    return EXIT.done;
  };
}

export function forgetPort(port: string): Command {
  return async (client, output) => {
    const outcome = await client.docking.forgetPort({ port: Number(port) });
    if (!outcome.ok) output.refuse(outcome.failure);
    return outcome.ok ? EXIT.done : EXIT.refused;
  };
}

export function steerPort(port: string, act: SteeringAct): Command {
  return async (client, output) => {
    const live = unpack(await client.docking.steer({ port: Number(port), act }), output);
    if (!live) return EXIT.refused;
    output.answer(live, [`${live.port}: ${live.camera} ${live.state} ${live.doneFiles}/${live.files}`]);
    if (act !== 'cancel') return EXIT.done;
    tellAll(live.failures, output);
    return live.failures.length > 0 ? EXIT.partly : EXIT.done;
  };
}

/** A port with everything on it, one clip of it, or, without a port, an officer's files on all of them. */
export function putFirst(port: string | undefined, options: { clip?: string; officer?: string }): Command {
  const { clip, officer } = options;
  if (port !== undefined && clip === undefined && officer === undefined) return steerPort(port, 'first');
  return async (client, output) => {
    const wanted = PutFirst.safeParse(officer === undefined ? { port: Number(port), clip } : { officer });
    if (!wanted.success || (officer !== undefined && (port ?? clip) !== undefined)) {
      output.refuse(failed('usage.invalid', 'ports first', '<port> | <port> --clip NAME | --officer NO').failure);
      return EXIT.usage;
    }
    const value = unpack(await client.docking.putFirst(wanted.data), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`已置前 put first: ${value.files} 文件 files`]);
    return EXIT.done;
  };
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
