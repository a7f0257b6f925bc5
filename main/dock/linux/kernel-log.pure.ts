import type { ErrorCode } from '../../contract/errors.ts';

/** What the kernel can say of USB that a person has to do something about. */
export type KernelTrouble = Extract<
  ErrorCode,
  'usb.no-answer' | 'usb.no-power' | 'usb.controller-full' | 'usb.too-slow' | 'usb.read-errors' | 'usb.undervoltage'
>;

/**
 * One line of the kernel's log that concerns USB. `about` is a place (`1-3.2`: bus and chain of ports), a disk (`sdb`), or
 * the machine. `settled`: what was said of it before is over, because something else is there now, or nothing.
 */
export type KernelWord = { about: string; says: KernelTrouble | 'settled'; text: string };

const PLACE = String.raw`usb (?<place>\d+-[\d.]+)`;
const PORT = String.raw`usb (?:usb(?<bus>\d+)|(?<hub>\d+-[\d.]+))-port(?<port>\d+)`;

/** Sentences of the kernel (6.1 and before); those without an example in the tests are from its source. */
const WORDS: readonly [RegExp, KernelWord['says']][] = [
  [new RegExp(`^${PLACE}: (?:New USB device found|USB disconnect)`), 'settled'],
  [
    new RegExp(`^${PLACE}: (?:device descriptor read/\\w+, error|device not accepting address|Device not responding to setup address)`),
    'usb.no-answer',
  ],
  [new RegExp(`^${PLACE}: (?:unable to read config index|can't read configurations)`), 'usb.no-answer'],
  [new RegExp(`^${PORT}: (?:unable to enumerate USB device|Cannot enable\\. Maybe the USB cable is bad\\?)`), 'usb.no-answer'],
  [new RegExp(`^${PLACE}: rejected \\d+ configurations? due to insufficient available bus power`), 'usb.no-power'],
  [new RegExp(`^${PORT}: over-current (?:change #\\d+|condition)`), 'usb.no-power'],
  [new RegExp(`^${PLACE}: Not enough (?:host controller resources|bandwidth) for new device state`), 'usb.controller-full'],
  [new RegExp(`^${PORT}: couldn't allocate usb_device`), 'usb.controller-full'],
  [new RegExp(`^${PLACE}: not running at top speed`), 'usb.too-slow'],
  [
    /^(?:blk_update_request: |print_req_error: )?(?:critical medium|critical target|I\/O) error, dev (?<disk>sd[a-z]+), sector \d+/,
    'usb.read-errors',
  ],
  [/^sd [\d:]+: \[(?<disk>sd[a-z]+)\] Attached SCSI/, 'settled'],
  [/(?:Under-voltage|Undervoltage) detected!/, 'usb.undervoltage'],
  [/Voltage normalised/, 'settled'],
];

/** What a line says; null for the many that are about something else. */
export function readKernelLine(text: string): KernelWord | null {
  for (const [pattern, says] of WORDS) {
    const groups = pattern.exec(text);
    if (!groups) continue;
    const { place, bus, hub, port, disk } = groups.groups ?? {};
    return { about: place ?? disk ?? (port === undefined ? 'machine' : hub === undefined ? `${bus}-${port}` : `${hub}.${port}`), says, text };
  }
  return null;
}

/** The message of a record of `/dev/kmsg` (`6,1234,5678901,-;text`); null for the lines of properties that follow one. */
export function messageOf(record: string): string | null {
  return /^\d+,\d+,\d+,[^;]*;(.*)$/.exec(record)?.[1] ?? null;
}

/** Everything the kernel has said and not yet taken back: the newest of each kind, and how often it was said. */
export type KernelState = ReadonlyMap<string, ReadonlyMap<KernelTrouble, { text: string; count: number }>>;

export function withWord(state: KernelState, { about, says, text }: KernelWord): KernelState {
  const next = new Map(state);
  if (says === 'settled') {
    next.delete(about);
    return next;
  }
  const said = new Map(next.get(about));
  said.set(says, { text, count: (said.get(says)?.count ?? 0) + 1 });
  return next.set(about, said);
}
