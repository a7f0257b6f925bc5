import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CODECS, makeMedia } from '../../fixtures/media-lab.ts';
import { probeTools } from './index.ts';
import { runTool } from './run-tool.ts';
import { INPUT_ARGS, PROBE_LIMITS, TRANSCODE_LIMITS } from './tool-process.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-tool-'));
const signal = new AbortController().signal;
let clip: string;

beforeAll(() => {
  clip = makeMedia(folder, 'clip.mp4', { seconds: 2, args: [...CODECS.h264, '-c:a', 'aac'] });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Encodes a picture that never ends: only a limit stops it. */
const ENDLESS = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25', '-c:v', 'libx264', '-threads', '1', '-f', 'mp4'];
const endless = (limits: Partial<typeof TRANSCODE_LIMITS>, output: string, stop = signal) =>
  runTool('ffmpeg', {
    args: ['-y', ...ENDLESS, ...output.split(' ')],
    input: null,
    folder,
    limits: { ...TRANSCODE_LIMITS, ...limits },
    signal: stop,
  });
const TO_FILE = '-movflags +frag_keyframe+empty_moov file:endless.mp4';

test('a tool that uses up its CPU time is stopped', async () => {
  expect(await endless({ cpuSeconds: 1 }, TO_FILE)).toMatchObject({ ok: false, reason: 'limit-exceeded' });
});

test('a tool that takes too long is stopped', async () => {
  expect(await endless({ wallMs: 300 }, TO_FILE)).toMatchObject({ ok: false, reason: 'limit-exceeded' });
});

test('a tool that writes too much is stopped, and the file is no larger', async () => {
  const made = await endless({ fileBytes: 100_000 }, `-g 5 ${TO_FILE}`);
  expect(made).toMatchObject({ ok: false, reason: 'limit-exceeded' });
  expect(fs.statSync(path.join(folder, 'endless.mp4')).size).toBeLessThanOrEqual(100_000);
});

test('a tool that says too much is stopped', async () => {
  const args = ['-v', 'error', '-show_frames', ...INPUT_ARGS];
  const run = { args, input: clip, limits: { ...PROBE_LIMITS, stdoutBytes: 1000 }, signal };
  expect(await runTool('ffprobe', run)).toMatchObject({ ok: false, reason: 'limit-exceeded' });
});

test('a tool that wants more memory than it may have is stopped', async () => {
  const made = await endless({ addressSpaceBytes: 420_000_000 }, '-s 7680x4320 -preset veryslow file:endless.mp4');
  expect(made).toMatchObject({ ok: false, reason: 'limit-exceeded' });
});

test('an abort ends the tool before the call returns', async () => {
  const abort = new AbortController();
  const running = endless({}, TO_FILE, abort.signal);
  const watcher = fs.watch(folder, (_, name) => {
    if (name === 'endless.mp4') abort.abort();
  });
  expect(await running).toEqual({ ok: false, reason: 'aborted', detail: '' });
  watcher.close();
  const running1 = fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && cwdOf(pid) === folder);
  expect(running1).toEqual([]);
});

function cwdOf(pid: string): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

test('the tool sees neither the name of the file nor the environment of the station', async () => {
  const answer = await runTool('ffprobe', { args: ['-v', 'error', '-show_format', ...INPUT_ARGS], input: clip, limits: PROBE_LIMITS, signal });
  expect(answer.ok && answer.stdout.toString()).toContain('filename=file:/proc/self/fd/3');
});

test('a file that is not there is said to be missing', async () => {
  const run = { args: INPUT_ARGS, input: path.join(folder, 'nothing'), limits: PROBE_LIMITS, signal };
  expect(await runTool('ffprobe', run)).toEqual({ ok: false, reason: 'input-missing', detail: 'ENOENT' });
});

test('tools say their version, and that they are not installed', async () => {
  expect(await probeTools(signal)).toMatchObject({
    ok: true,
    value: { ffmpeg: expect.stringMatching(/^\d/), ffprobe: expect.stringMatching(/^\d/) },
  });
  expect(await probeTools(signal, folder)).toMatchObject({ ok: false, failure: { code: 'media.tool-missing' } });
  for (const name of ['prlimit', 'nice']) fs.symlinkSync(`/usr/bin/${name}`, path.join(folder, name));
  expect(await probeTools(signal, folder)).toMatchObject({ ok: false, failure: { code: 'media.tool-missing', what: 'ffmpeg' } });
});
