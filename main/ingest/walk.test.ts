import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { walk } from './walk.ts';

let root: string;
let mounted: string[];
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-walk-'));
  mounted = [];
  fs.writeFileSync(path.join(root, 'good.mp4'), 'good');
});
afterEach(() => {
  for (const at of mounted) spawnSync('umount', [at]);
  fs.rmSync(root, { recursive: true });
});

function mount(at: string, ...args: string[]): void {
  execFileSync('mount', [...args, at]);
  mounted.push(at);
}

/** Everything found: plain files by path, the rest by path and reason. */
async function found(at = root) {
  const files: string[] = [];
  const refused: Record<string, string> = {};
  for await (const one of walk(at)) {
    if ('reason' in one) refused[one.path.toString()] = `${one.reason} ${one.fileType}`;
    else files.push(one.path.toString());
  }
  return { files: files.sort(), refused };
}

test('a folder mounted into the camera is not entered', async () => {
  fs.mkdirSync(path.join(root, 'elsewhere'));
  mount(path.join(root, 'elsewhere'), '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');
  fs.writeFileSync(path.join(root, 'elsewhere', 'not-the-camera.mp4'), 'x');
  expect(await found()).toEqual({ files: ['good.mp4'], refused: { elsewhere: 'source.other-file-system directory' } });
});

test('a folder that contains itself is met once', async () => {
  fs.mkdirSync(path.join(root, 'DCIM', 'loop'), { recursive: true });
  mount(path.join(root, 'DCIM', 'loop'), '--bind', root);
  expect(await found()).toEqual({ files: ['good.mp4'], refused: { 'DCIM/loop': 'source.folder-loop directory' } });
});

test('folders nested deeper than any camera does are not followed to the end', async () => {
  const depth = (n: number) => Array.from({ length: n }, () => 'd').join('/');
  fs.mkdirSync(path.join(root, depth(80)), { recursive: true });
  fs.writeFileSync(path.join(root, depth(64), 'last.mp4'), 'x');
  fs.writeFileSync(path.join(root, depth(65), 'beyond.mp4'), 'x');
  expect(await found()).toEqual({ files: [`${depth(64)}/last.mp4`, 'good.mp4'], refused: { [depth(65)]: 'source.too-deep directory' } });
});

test('a device, a pipe, a socket and a link are each refused for what they are, and none is opened', async () => {
  fs.writeFileSync(path.join(root, 'endless.mp4'), '');
  mount(path.join(root, 'endless.mp4'), '--bind', '/dev/zero');
  execFileSync('mkfifo', [path.join(root, 'pipe')]);
  fs.symlinkSync('/etc/passwd', path.join(root, 'link'));
  const server = net.createServer().listen(path.join(root, 'socket'));
  try {
    expect(await found()).toEqual({
      files: ['good.mp4'],
      refused: {
        'endless.mp4': 'source.special-file character-device',
        pipe: 'source.special-file fifo',
        link: 'source.symlink symlink',
        socket: 'source.special-file socket',
      },
    });
  } finally {
    server.close();
  }
});

test('the devices of this machine are seen as devices', async () => {
  const { files, refused } = await found('/dev');
  expect(refused['null']).toBe('source.special-file character-device');
  expect(files).not.toContain('null');
});

test('a folder that may not be listed is said, and everything beside it is listed', async () => {
  fs.mkdirSync(path.join(root, 'locked'), { mode: 0o000 });
  fs.mkdirSync(path.join(root, 'open'));
  fs.writeFileSync(path.join(root, 'open', 'clip.mp4'), 'x');
  fs.chmodSync(root, 0o755);
  // Permissions bind only who is not root.
  const { seteuid, geteuid } = process as Required<typeof process>;
  const self = geteuid();
  seteuid(65_534);
  try {
    expect(await found()).toEqual({ files: ['good.mp4', 'open/clip.mp4'], refused: { locked: 'source.unreadable directory' } });
  } finally {
    seteuid(self);
  }
});
