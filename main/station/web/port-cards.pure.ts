import type { LiveDocking } from '../../contract/api/docking.ts';
import type { Failure } from '../../contract/errors.ts';
import type { PolicyValues } from '../../contract/policy.ts';
import type { PortCard, PortState } from '../../contract/web/wall.ts';

/** Failures shown on a card; all are counted. */
const MAX_SHOWN = 20;

/**
 * The card of a port out of what its docking says. `safe` is only said when every file of the docking is proven in the
 * vault; what happens to the files on the camera is a separate word.
 */
export function cardOf(live: LiveDocking, people: Pick<PortCard, 'officer' | 'stoppedBy'>, nowMs: number, clear: PolicyValues['clear']): PortCard {
  const clearing = clearingOf(live, clear);
  return {
    port: live.port,
    state: stateOf(live, clearing),
    dockingId: live.dockingId,
    camera: live.state === 'settling' ? null : live.camera,
    officer: people.officer,
    files: live.files,
    doneFiles: live.doneFiles,
    bytes: live.bytes,
    doneBytes: Math.min(live.doneBytes, live.bytes),
    bytesPerSecond: live.bytesPerSecond,
    readyAt: readyAt(live, nowMs),
    clearing,
    stoppedBy: people.stoppedBy,
    failures: live.failures.slice(0, MAX_SHOWN),
    failureCount: live.failures.length,
    offersImage: live.offersImage,
  };
}

/** A port nothing is on. */
export function emptyCard(port: number): PortCard {
  return {
    port,
    state: 'empty',
    dockingId: null,
    camera: null,
    officer: null,
    files: 0,
    doneFiles: 0,
    bytes: 0,
    doneBytes: 0,
    bytesPerSecond: null,
    readyAt: null,
    clearing: 'none',
    stoppedBy: null,
    failures: [],
    failureCount: 0,
    offersImage: false,
  };
}

function stateOf(live: LiveDocking, clearing: PortCard['clearing']): PortState {
  switch (live.state) {
    case 'settling':
    case 'planning':
      return 'recognising';
    case 'copying':
      return live.bytes > 0 && live.doneBytes >= live.bytes ? 'proving' : 'copying';
    case 'paused':
      return 'paused';
    case 'safe':
      return clearing === 'kept' ? 'kept' : 'safe';
    case 'attention':
      return live.failures.some((failure) => failure.code.startsWith('vault.') || failure.code.startsWith('ledger.')) ? 'fault' : 'attention';
    case 'interrupted':
      return 'interrupted';
    case 'refused':
      return refusedState(live.failures);
    case 'ended':
      return 'empty';
  }
}

/** Why it was refused: the password is the admin's affair, what is no camera of ours everybody's, and the rest is broken. */
function refusedState(failures: readonly Failure[]): PortState {
  if (failures.some(({ code }) => code === 'camera.password-missing' || code === 'camera.password-wrong')) return 'locked';
  return failures.some(({ code }) => BROKEN.includes(code)) ? 'fault' : 'refused';
}

const BROKEN: readonly Failure['code'][] = ['camera.unreadable', 'camera.no-answer', 'camera.command-refused', 'camera.not-switched'];

function clearingOf(live: LiveDocking, clear: PolicyValues['clear']): PortCard['clearing'] {
  if (live.state !== 'safe') return 'none';
  if (clear === 'never') return 'kept';
  if (!live.clearing) return 'none';
  if (live.clearing.waiting > 0) return 'waiting';
  return live.clearing.kept > 0 ? 'kept' : 'cleared';
}

function readyAt(live: LiveDocking, nowMs: number): string | null {
  if (live.state !== 'copying' || !live.bytesPerSecond) return null;
  return new Date(nowMs + ((live.bytes - live.doneBytes) / live.bytesPerSecond) * 1000).toISOString();
}

/** An officer as the wall may name them: surname and the last two digits of the number, the digits alone, or not at all. */
export function wallName(person: { number: string | null; name: string | null }, form: PolicyValues['wall-name-form']): string | null {
  if (form === 'none' || person.number === null) return null;
  const digits = `··${person.number.slice(-2)}`;
  return form === 'digits' || !person.name ? digits : `${surnameOf(person.name)} ${digits}`;
}

/** The first character of a Chinese name (or both of a double surname), the first word of another. */
function surnameOf(name: string): string {
  if (!/^\p{Script=Han}/u.test(name)) return name.split(/\s+/)[0] ?? '';
  const double = DOUBLE_SURNAMES.find((surname) => name.startsWith(surname) && name.length > surname.length);
  return double ?? ([...name][0] as string);
}

const DOUBLE_SURNAMES = [
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '令狐',
  '慕容',
  '夏侯',
  '端木',
  '百里',
  '南宫',
  '司徒',
  '长孙',
];
