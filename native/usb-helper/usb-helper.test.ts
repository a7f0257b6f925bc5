import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { buildNative, HELPER } from '../../build/native.mjs';

// What it refuses. What it does needs USB disks: fixtures/usb-lab, scenario `privileges`.
const built = buildNative({ sanitize: process.env['EVIDOCK_SANITIZE'] ?? '' });

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(user: string): { ask(text: string): Promise<string>; send(text: string): void; ended: Promise<number | null> } {
  if ('because' in built) throw new Error(built.because);
  // Between Node and a child are sockets, so the helper sees who this process is.
  const child = spawn(path.join(built.folder, HELPER), [user], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const waiting: ((line: string) => void)[] = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  child.stdin.on('error', () => undefined);
  return {
    ask: (text) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(text);
      }),
    send: (text) => child.stdin.write(text),
    ended: new Promise((resolve) => child.once('exit', resolve)),
  };
}

const me = os.userInfo().username;
const systemDisk = () => fs.readdirSync('/sys/class/block').find((name) => !fs.realpathSync(`/sys/class/block/${name}`).includes('/usb')) ?? 'sda';

test('another user than the station’s is refused before anything is read', async () => {
  const helper = start(me === 'root' ? 'nobody' : 'root');
  expect(await helper.ask('1 release one\n')).toBe('0 refused not the user of the station');
  expect(await helper.ended).toBe(77);
});

test('a user that this machine does not have is nobody’s', async () => {
  expect(await start('no-such-user').ended).toBe(77);
});

test.each([
  ['a path for a device', 'mount ../../vda vfat one', 'no name of a disk'],
  ['an absolute path for a device', 'mount /dev/sda1 vfat one', 'no name of a disk'],
  ['a device mapper', 'mount dm-0 vfat one', 'no name of a disk'],
  ['an option for a device', 'mount -obind vfat one', 'no name of a disk'],
  ['a disk that is not there', 'mount sdzzz9 vfat one', 'no such disk'],
  ['another file system', 'mount sda1 ext4 one', 'no file system of cameras'],
  ['an option beside the file system', 'mount sda1 vfat,suid one', 'no file system of cameras'],
  ['a name that leaves the folder', 'mount sda1 vfat ../etc', 'no name of a mount point'],
  ['a name with a way back in it', 'mount sda1 vfat one/../../etc', 'no name of a mount point'],
  ['an absolute name', 'mount sda1 vfat /etc', 'no name of a mount point'],
  ['a name that is an option', 'mount sda1 vfat -o', 'no name of a mount point'],
  ['an empty part of a name', 'mount sda1 vfat one//two', 'no name of a mount point'],
  ['a name that goes too deep', 'mount sda1 vfat a/b/c/d', 'no name of a mount point'],
  ['a name that is too long', `mount sda1 vfat ${'a'.repeat(101)}`, 'no name of a mount point'],
  ['a name with a zero in it', 'mount sda1 vfat one\0/etc', 'no name of a mount point'],
  ['a word too many', 'mount sda1 vfat one suid', 'no such request'],
  ['a second blank', 'mount  sda1 vfat one', 'no such request'],
  ['a verb it does not have', 'bind /etc one', 'no such request'],
  ['no verb', '', 'no such request'],
  ['another folder to be made writable', 'writable ../../etc', 'no name of a mount point'],
  ['another folder to be unmounted', 'release ../../home', 'no name of a mount point'],
  ['a hidden name', 'release .hidden', 'no name of a mount point'],
])('%s is refused', async (_, request, why) => {
  expect(await start(me).ask(`7 ${request}\n`)).toBe(`7 refused ${why}`);
});

test('a disk of the machine itself is refused', async () => {
  const name = systemDisk();
  expect(await start(me).ask(`1 mount ${name} vfat one\n`)).toMatch(/^1 refused (no name of a disk|not a USB disk)$/);
});

test('what was never mounted cannot be made writable or taken away, and nothing is made by trying', async () => {
  const helper = start(me);
  expect(await helper.ask('1 writable nothing\n')).toMatch(/^1 (failed statfs: No such file|refused)/);
  expect(await helper.ask('2 release nothing\n')).toMatch(/^2 failed umount: /);
  expect(fs.existsSync('/run/evidock-usb/nothing')).toBe(false);
});

test('a request without a number, and one in pieces, are each answered; one without an end closes the connection', async () => {
  const helper = start(me);
  expect(await helper.ask('release one\n')).toBe('0 refused no number');
  const answer = helper.ask('12 release ..');
  helper.send('/x\n');
  expect(await answer).toBe('12 refused no name of a mount point');
  helper.send('a'.repeat(2000));
  expect(await helper.ended).toBe(65);
});
