import readline from 'node:readline';
import { Writable } from 'node:stream';
import { Password, PutFirst, type SteeringAct, type UsbPort } from '../../contract/api/docking.ts';
import { MergeReason } from '../../contract/entries/dock.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { type Command, tellAll, unpack } from './command.ts';
import type { StationClient } from './connect.ts';
import { bytesText, EXIT, type Output } from './output.ts';

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

export function takeImage(port: string): Command {
  return async (client, output) => {
    const ordered = await client.docking.takeImage({ port: Number(port) });
    if (!ordered.ok) {
      output.refuse(ordered.failure);
      return EXIT.refused;
    }
    output.answer({ port: Number(port) }, [`${port}: 正在制作原始镜像 a raw image is being taken`]);
    return EXIT.done;
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
