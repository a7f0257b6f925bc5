#!/usr/bin/env node
import path from 'node:path';
import { ORPCError } from '@orpc/client';
import { CommanderError, Command as Program } from 'commander';
import type { SteeringAct } from '../../contract/api/docking.ts';
import { done, Failure } from '../../contract/errors.ts';
import { hasDisplay } from '../kiosk/kiosk-window.ts';
import { runKiosk } from '../kiosk/run-kiosk.ts';
import * as archiveCommands from './archive-commands.ts';
import type { Command } from './command.ts';
import * as commands from './commands.ts';
import { configuredSocket, connect, dataFolder } from './connect.ts';
import { type DestinationOptions, destinationSettings } from './destination-settings.ts';
import * as dockCommands from './dock-commands.ts';
import { createOutput, EXIT, exitOf, type Output } from './output.ts';
import { rebuild, rebuildFrom } from './rebuild.ts';
import { runStation } from './station.ts';

type Common = { data?: string; json?: boolean };

const program = new Program('evidock').exitOverride().showHelpAfterError();
program.description('执法音像采集站 / evidence-ingest station for body cameras').version('0.1.0');

function add(signature: string, description: string): Program {
  const [words, ...args] = signature.split(' ');
  const command = words
    ?.split('/')
    .reduce<Program>((parent, word) => parent.commands.find((one) => one.name() === word) ?? parent.command(word), program);
  if (!command) throw new Error(`no command in "${signature}"`);
  for (const arg of args) command.argument(arg);
  return command
    .description(description)
    .option('--data <dir>', '数据目录 / data folder')
    .option('--json', '以 JSON 输出 / one JSON document on stdout')
    .exitOverride();
}

/** How a destination is reached that is no folder. */
function reached(command: Program): Program {
  return command
    .option('--key <file>', '密钥文件，仅采集站用户可读 (0600)，或 credential:NAME / key file, 0600, or credential:NAME of systemd')
    .option('--ca <file>', '服务器证书的签发机构 / authority that certifies the server')
    .option('--region <name>', '区域 / region')
    .option('--host-key <fingerprint>', '已核对的主机密钥指纹 SHA256:… / fingerprint of the host key, compared')
    .option('--virtual-host', '存储桶写在主机名中 / bucket in the host name');
}

/** Runs a command against its station. `create`: it may make the data folder when there is none. */
function asks(command: Program, make: (...args: never[]) => Command, create = false): void {
  command.action(async (...args: unknown[]) => {
    // A command below another one: `--data` and `--json` may have been taken by the upper one, which knows them too.
    const options = command.optsWithGlobals<Common>();
    const output = createOutput(options.json === true);
    const data = dataFolder(options.data);
    const connection = data.ok ? await connect(data.value, { create }) : data;
    if (!connection.ok) {
      process.exitCode = refuse(connection.failure, output);
      return;
    }
    try {
      process.exitCode = await make(...(args.slice(0, -1) as never[]))(connection.value.client, output);
    } catch (error) {
      const failure = toldFailure(error);
      if (!failure) throw error;
      process.exitCode = refuse(failure, output);
    } finally {
      await connection.value.close();
    }
  });
}

/** What the station said it could not do; null when the error is none of its words, and so a bug. */
function toldFailure(error: unknown): Failure | null {
  const told = error instanceof ORPCError ? Failure.safeParse(error.data) : null;
  return told?.success ? told.data : null;
}

function refuse(failure: Failure, output: Output): number {
  output.refuse(failure);
  return exitOf(failure.code);
}

const station = add('station', '运行采集站 / run the station')
  .option('--port <n>', '本机网页端口，0 为任意空闲端口 / port on the loopback address, 0 for a free one', '0')
  .option('--socket <path>', '供本组用户窗口使用的套接字，0660 / a socket for windows of this group, 0660')
  .option('--open', '有显示器时打开窗口 / open a window when there is a display')
  .option('--dock <dir...>', '目录接入点，其中每个子目录是一台记录仪 / a folder whose subfolders are cameras')
  .option('--usb', '监视 USB 端口，由采集站自行只读挂载记录仪 / watch USB ports; the station mounts cameras itself, read-only')
  .option('--settle-ms <n>', '新目录静置时间 / wait before a new folder is read', '2000')
  .option('--stall-ms <n>', '多久无数据视为停滞 / silence after which a camera is said to have stalled', '60000');
station.action(async () => {
  const options = station.opts<
    Common & { port: string; socket?: string; open?: boolean; dock?: string[]; usb?: boolean; settleMs: string; stallMs: string }
  >();
  const output = createOutput(options.json === true);
  const data = dataFolder(options.data);
  if (!data.ok) {
    process.exitCode = refuse(data.failure, output);
    return;
  }
  const socket = options.socket === undefined ? configuredSocket(data.value) : done(path.resolve(options.socket));
  if (!socket.ok) {
    process.exitCode = refuse(socket.failure, output);
    return;
  }
  if (options.open === true && hasDisplay(process.env)) {
    const args = process.argv.slice(2).filter((one) => one !== '--open');
    process.exitCode = await runKiosk(args, data.value, process.env);
    return;
  }
  const { port, dock = [] } = options;
  const times = { settleMs: Number(options.settleMs), stallMs: Number(options.stallMs) };
  process.exitCode = await runStation(
    { data: data.value, port: Number(port), socket: socket.value, docks: dock, usb: options.usb === true, ...times },
    output,
  );
});

asks(
  add('ingest <sources...>', '立即采集目录或存储卡 / ingest folders or mounted cards now')
    .option('--camera <serial>', '记录仪编号 / camera serial')
    .option('--officer <no>', '执法证号 / certificate number')
    .option('--case <no>', '案号 / case number'),
  commands.ingest,
  true,
);
asks(add('status', '现状 / what there is'), () => commands.status);
asks(add('cases/import <file>', '导入案件清单 / import a case list'), (file: string) => commands.importList(file, 'cases'), true);
asks(
  add(
    'cases/hold <case>',
    '依法保全：解除之前，该案全部材料不得删除 / legal hold: everything of the case is kept until it is released',
  ).requiredOption('--reason <text>', '原因 / why'),
  commands.hold,
);
asks(add('cases/release <case>', '解除保全 / take the legal hold back'), commands.release);
asks(add('people/import <file>', '导入人员清单 / import a list of officers'), (file: string) => commands.importList(file, 'people'), true);
asks(
  add('link <recording>', '关联案件 / link a recording to a case').requiredOption('--case <no>', '案号').option('--stage <stage>', '环节 / stage'),
  commands.link,
);
asks(
  add('forward', '推送归档 / push all that is due')
    .option('--to <name>', '存储目标 / destination')
    .option('--only-failed', '只重试失败的 / only what failed before'),
  archiveCommands.forward,
);
asks(
  add('archive/catalogue', '更新归档中的目录表 / bring the tables of this station in the archive up to date').option(
    '--to <name>',
    '存储目标 / destination',
  ),
  archiveCommands.writeCatalogue,
);
asks(
  add('archive/stations', '归档中的全部采集站 / every station of an archive, as the archive alone shows them').option(
    '--to <name>',
    '存储目标 / destination',
  ),
  archiveCommands.listStations,
);
asks(
  add('archive/reconcile', '全部采集站与归档对账 / compare all stations of an archive with what it holds')
    .option('--to <name>', '存储目标 / destination')
    .option('--since-clean', '上次无差异时，只看此后有变动的月份 / when the last one was clean, only months that changed since'),
  archiveCommands.reconcileAll,
);
asks(
  add(
    'archive/explain <difference>',
    '说明上次全站对账的一项差异 / say why a difference of the last reconciliation of all stations is there',
  ).requiredOption('--reason <text>', '原因 / why'),
  (difference: string, options: { reason: string }) => archiveCommands.explain(difference, options, 'explainAll'),
);
asks(
  add('reconcile', '对账 / compare source, vault and archive')
    .option('--source <dir>', '来源目录 / a camera or folder')
    .option('--to <name>', '存储目标 / destination')
    .option('--report <file>', '报告文件 / report, JSON with an HTML page beside it'),
  archiveCommands.reconcile,
);
asks(
  add('reconcile/explain <difference>', '说明上次对账的一项差异 / say why a difference of the last reconciliation is there').requiredOption(
    '--reason <text>',
    '原因 / why',
  ),
  archiveCommands.explain,
);
asks(add('reconcile/reopen <explanation>', '撤回说明 / take an explanation back'), archiveCommands.reopen);
asks(add('verify', '校验 / check chain, tables and vault').option('--full', '读取每个字节 / read every byte'), commands.verify);
asks(add('export <case>', '导出证据包 / self-contained package of a case').requiredOption('--out <dir>', '输出目录'), commands.exportCase);
asks(add('policy/list', '策略 / the policy in force'), () => commands.listPolicy);
asks(add('policy/set <key> <value>', '设置策略 / set a policy value'), commands.setPolicy, true);
asks(add('destination/list', '存储目标 / destinations'), () => archiveCommands.listDestinations);
asks(
  reached(
    add(
      'destination/add <name> <where>',
      '增加存储目标：目录，s3+https://主机/存储桶[/前缀]，或 sftp://用户@主机[:端口]/目录 / add a folder, s3+https://host/bucket[/prefix], or sftp://user@host[:port]/folder',
    ),
  ).option('--lock <mode:days>', '对象锁定 compliance:183 或 governance:183 / Object Lock'),
  archiveCommands.addDestination,
  true,
);
asks(
  add('destination/import <name> <file>', '用连接文件增加或更新内容接收系统 / add a content destination by its connection file, or renew it'),
  archiveCommands.importConnection,
  true,
);
asks(
  add('destination/schedule <name>', '推送顺序与带宽 / its order among the others, and its bandwidth by the hour')
    .option('--after <name>', '先由该目标确认，再推送到此处；none 为不等待 / gets what that one has confirmed; none: at once')
    .option('--cap <hours=rate...>', '时段带宽上限，如 8-18=2M、22-6=0 / at most so many bytes a second in these hours, 0: nothing')
    .option('--no-caps', '取消全部带宽上限 / no caps any more'),
  archiveCommands.scheduleDestination,
);
for (const [act, description] of Object.entries({
  pause: '暂停推送到该目标 / nothing goes there until it is resumed',
  resume: '恢复推送 / it goes on where it was',
})) {
  asks(add(`destination/${act} <name>`, description), (name: string) => archiveCommands.scheduleDestination(name, { paused: act === 'pause' }));
}
asks(add('destination/test <name>', '测试存储目标 / write, read back, remove'), archiveCommands.testDestination);
asks(add('camera/list', '记录仪 / cameras'), () => dockCommands.listCameras);
asks(add('camera/import <file>', '导入记录仪清单 / import a list of cameras'), (file: string) => commands.importList(file, 'cameras'), true);
asks(add('camera/register <serial>', '登记记录仪 / register a camera').requiredOption('--profile <id>', '型号'), dockCommands.registerCamera, true);
asks(
  add('camera/password [camera]', '保存解锁密码，从标准输入读取 / keep the password that unlocks a camera, read from stdin')
    .option('--profile <id>', '该型号的所有记录仪 / every camera of this kind that has none of its own')
    .option('--admin', '这是管理员密码 / it is the admin password of the camera'),
  dockCommands.setCameraPassword,
  true,
);
asks(
  add('camera/merge <camera> <into>', '合并为同一台 / say that one registered camera is another').requiredOption(
    '--because <reason>',
    'other-name | renumbered | typed-wrong',
  ),
  dockCommands.mergeCamera,
  true,
);
asks(add('camera/separate <camera>', '撤销合并 / take a merge back'), dockCommands.separateCamera, true);
asks(add('ports', '端口 / what is docked now'), () => dockCommands.listPorts);
for (const [act, description] of Object.entries({
  pause: '暂停采集，已采集的保留 / stop copying for now, keeping what is copied',
  resume: '继续采集 / go on copying',
  cancel: '终止采集，直到重新接入 / stop copying until it is docked again',
} as const)) {
  asks(add(`ports/${act} <port>`, description), (port: string) => dockCommands.steerPort(port, act as SteeringAct));
}
asks(
  add('ports/first [port]', '优先采集 / copy this first')
    .option('--clip <name>', '只优先该文件 / only this file of it')
    .option('--officer <no>', '优先该执法证号的文件 / the files of this certificate number'),
  dockCommands.putFirst,
);
asks(
  add('ports/learn <port>', '指定端口位置：下一台接入的设备所在位置即为该端口 / the place where something is plugged in next is this port'),
  (port: string) => dockCommands.learnPort(port),
);
asks(add('ports/image <port>', '为无法读取文件系统的存储卡制作原始镜像 / a raw image of a card that cannot be mounted'), (port: string) =>
  dockCommands.takeImage(port),
);
asks(add('ports/forget <port>', '取消端口位置 / the port is none of the dock any more'), (port: string) => dockCommands.forgetPort(port));
asks(add('backup', '备份 / copy database and ledger').requiredOption('--out <dir>', '输出目录'), commands.backup);
asks(add('admin/confirm-clock', '确认时钟正确 / say that the station clock is right'), () => commands.confirmClock);
asks(add('admin/code', '一次性管理员代码 / one-time code for making an admin'), () => commands.adminCode);

const rebuilding = reached(add('rebuild', '从本地库和台账重建数据库 / make the database again from vault and ledger'))
  .option(
    '--from <where>',
    '从归档（目录，或 s3+https://…）重建已不存在的采集站 / a station that is gone, from its archive (a folder, or s3+https://…) into an empty data folder',
  )
  .option('--station <id>', '归档中的哪个采集站 / which station of the archive')
  .option('--epoch <n>', '台账的哪一世，默认最新 / which life of its ledger, the newest unless given');
rebuilding.action(async () => {
  const options = rebuilding.opts<Common & DestinationOptions & { from?: string; station?: string; epoch?: string }>();
  const output = createOutput(options.json === true);
  const data = dataFolder(options.data);
  if (!data.ok) process.exitCode = refuse(data.failure, output);
  else if (options.from === undefined) process.exitCode = rebuild(data.value, output);
  else {
    const epoch = options.epoch === undefined ? null : Number(options.epoch);
    const settings = destinationSettings(options.from, options);
    if (settings.ok) process.exitCode = await rebuildFrom(data.value, { settings: settings.value, station: options.station ?? null, epoch }, output);
    else process.exitCode = refuse(settings.failure, output);
  }
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    createOutput(false).failure({ code: 'internal.bug', what: String(error), detail: error instanceof Error ? (error.stack ?? '') : '' });
    process.exitCode = EXIT.internal;
  }
}
