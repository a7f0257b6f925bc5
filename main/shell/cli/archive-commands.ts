import fs from 'node:fs';
import path from 'node:path';
import {
  CONNECTION_FILE_BYTES,
  type DestinationSchedule,
  type Difference,
  type ReconcileReport,
  type RecordedArchiveResult,
  type SshServer,
} from '../../contract/api/archive.ts';
import { ArchiveClass, type ArchiveDifference } from '../../contract/archive-difference.ts';
import { done, type Failure, failed, type Result } from '../../contract/errors.ts';
import { type Command, confirmed, progressLine, SHORT_ID, stoppable, tellAll, unpack } from './command.ts';
import type { StationClient } from './connect.ts';
import { bandwidthCap, type DestinationOptions, destinationSettings, sftpServerIn } from './destination-settings.ts';
import { bytesText, EXIT, type Output, worst } from './output.ts';

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

export function reconcileAll(options: { to?: string; report?: string; sinceClean?: boolean }): Command {
  return async (client, output) => {
    const report = options.report === undefined ? null : path.resolve(options.report);
    let outcome: Result<RecordedArchiveResult> | null = null;
    let unprinted: Failure | null = null;
    for await (const event of await client.archive.reconcileAll({ to: options.to ?? null, report, sinceClean: options.sinceClean === true })) {
      if (event.event === 'done') [outcome, unprinted] = [event.outcome, event.unprinted];
      else output.say(progressLine(event.progress, event.remainingMs));
    }
    if (!outcome) throw new Error('a reconciliation ended without a word');
    const result = unpack(outcome, output);
    if (!result) return EXIT.refused;
    const { stations, items, same, waiting, read, since, unchanged, explained, counts, differences } = result.content;
    output.answer(result, [
      `采集站 stations ${stations}, 原始文件 originals ${items}, 一致 same ${same}, 待归档 waiting ${waiting}, 重新读取 read again ${read}`,
      ...(since === null ? [] : [`自 since ${since}, 未变而未查看 unchanged and not looked at ${unchanged}`]),
      ...ArchiveClass.options.map((name) => `${ARCHIVE_WORDS[name]} ${name} ${counts[name]}`),
      ...differences.map(archiveDifferenceLine),
      `结果 result ${result.sha256}`,
    ]);
    if (unprinted) output.failure(unprinted);
    // Explained or not: bytes that are not what was recorded stay a violation.
    if (counts.differs > 0) return EXIT.integrity;
    const open = Object.values(counts).reduce((sum, count) => sum + count, 0) - explained;
    return open > 0 ? EXIT.refused : waiting > 0 ? EXIT.partly : EXIT.done;
  };
}

function archiveDifferenceLine(one: ArchiveDifference): string {
  const about = one.key ?? one.itemId ?? one.unitId ?? one.dockingId ?? '';
  const values = one.expected === null && one.found === null ? '' : ` (${one.expected ?? '—'} / ${one.found ?? '—'})`;
  const state = one.explanationId === null ? '' : ` 已说明 explained (${one.explanationId})`;
  return `${one.id?.slice(0, SHORT_ID) ?? ''} ${one.class} ${one.location} ${one.cause} ${one.stationId} ${about}${values} ${one.since ?? '—'} → ${ARCHIVE_WORDS[one.action]} ${one.action}${state}`;
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

function differenceLine({ id, code, explanation }: Difference): string[] {
  if (id === null) return [];
  const how = explanation
    ? `已说明 explained ${explanation.at} ${explanation.by ?? '—'}: ${explanation.reason ?? '—'} (${explanation.id})`
    : '未决 open';
  return [`${id.slice(0, SHORT_ID)} ${code} ${how}`];
}

/** Explains a difference of the last reconciliation, or of the last one of all stations. */
export function explain(difference: string, options: { reason: string }, of: 'explain' | 'explainAll' = 'explain'): Command {
  return async (client, output) => {
    const input = { reconciliation: null, difference, reason: options.reason };
    const value = unpack(await client.archive[of](input), output);
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

export const listDestinations: Command = async (client, output) => {
  const list = await client.archive.destinations();
  output.answer(
    list,
    list.map(
      (one) =>
        `${one.name} ${one.kind}${one.sameDisk ? ' (与本地库同盘 same disk)' : ''} 回执 receipts ${one.receipts} 待传 waiting ${one.waiting}${scheduleText(one.schedule)}`,
    ),
  );
  return EXIT.done;
};

export function addDestination(name: string, where: string, options: DestinationOptions): Command {
  return async (client, output) => {
    const server = options.hostKey === undefined ? sftpServerIn(where) : null;
    const hostKey = server ? await confirmedHostKey(client, output, { host: server.host, port: server.port }) : done(options.hostKey);
    if (!hostKey.ok) {
      output.refuse(hostKey.failure);
      return EXIT.refused;
    }
    const settings = destinationSettings(where, { ...options, ...(hostKey.value === undefined ? {} : { hostKey: hostKey.value }) });
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

/** The file goes to the station as it is, over its socket: what is secret in it is in no argument and no history. */
export function importConnection(name: string, file: string): Command {
  return async (client, output) => {
    const text = readSmall(file);
    if (!text.ok) {
      output.refuse(text.failure);
      return EXIT.refused;
    }
    const value = unpack(await client.archive.importConnection({ name, connection: text.value }), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${value.name} ${value.id} ${value.capabilities.join(' ')}`]);
    return EXIT.done;
  };
}

function readSmall(file: string): Result<string> {
  const invalid = (detail: string) => failed('destination.connection-file-invalid', `${file}: ${detail}`);
  try {
    const { size } = fs.statSync(file);
    return size > CONNECTION_FILE_BYTES ? invalid(`${size} > ${CONNECTION_FILE_BYTES} bytes`) : done(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    return invalid(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
}

/** The host key a server shows now, once somebody has compared it; where nobody can be asked it is only told. */
async function confirmedHostKey(client: StationClient, output: Output, server: SshServer): Promise<Result<string>> {
  const shown = await client.archive.hostKey(server);
  if (!shown.ok) return shown;
  const { algorithm, hostKey } = shown.value;
  const what = `${server.host}:${server.port} ${algorithm} ${hostKey}`;
  const asked = `${what}\n与该服务器管理员提供的指纹一致吗？ Is this what its administrator says? [y/N]`;
  return (await confirmed(output, asked)) ? done(hostKey) : failed('destination.not-trusted', what, `--host-key ${hostKey}`);
}

function scheduleText({ paused, after, caps }: DestinationSchedule): string {
  const rate = (bytes: number) => (bytes === 0 ? '0' : `${bytesText(bytes)}/s`);
  return [
    paused ? ', 已暂停 paused' : '',
    after === null ? '' : `, 在其后 after ${after}`,
    ...caps.map((cap) => `, ${cap.fromHour}–${cap.toHour} ≤ ${rate(cap.bytesPerSecond)}`),
  ].join('');
}

/** `--no-caps` takes every cap away; `--after none` lets it get everything at once. */
export function scheduleDestination(name: string, options: { after?: string; cap?: string[]; caps?: boolean; paused?: boolean }): Command {
  return async (client, output) => {
    const caps = (options.cap ?? []).map(bandwidthCap);
    const wrong = caps.find((one) => !one.ok);
    if (wrong && !wrong.ok) {
      output.refuse(wrong.failure);
      return EXIT.usage;
    }
    const change = {
      name,
      paused: options.paused,
      after: options.after === 'none' ? null : options.after,
      caps: options.cap ? caps.flatMap((one) => (one.ok ? [one.value] : [])) : options.caps === false ? [] : undefined,
    };
    const value = unpack(await client.archive.scheduleDestination(change), output);
    if (!value) return EXIT.refused;
    output.answer(value, [`${name}${scheduleText(value)}`]);
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
