import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';

/** Why a media tool gave no usable answer. */
export type ToolFailure = {
  ok: false;
  /**
   * `missing`: the tool is not installed; `input-missing`: the file cannot be opened; `no-space`: the disk is full;
   * `limit-exceeded`: stopped by its limits; `failed`: it gave up on the file, or crashed; `aborted`: by the signal.
   */
  reason: 'missing' | 'input-missing' | 'no-space' | 'limit-exceeded' | 'failed' | 'aborted';
  /** At most 300 characters of plain ASCII without names of files a camera held. */
  detail: string;
};
export type ToolResult = { ok: true; stdout: Buffer; stderr: string } | ToolFailure;

export type ToolLimits = {
  wallMs: number;
  cpuSeconds: number;
  addressSpaceBytes: number;
  /** Largest file the tool may write. */
  fileBytes: number;
  stdoutBytes: number;
};

export type ToolRun = {
  /** Arguments, without the program; `INPUT_ARGS` stand for the input. */
  args: readonly string[];
  /** File to be read; null when the arguments name none. */
  input: string | null;
  /** Folder in which the tool runs, so that what it writes can be named without a path. */
  folder?: string;
  limits: ToolLimits;
  signal: AbortSignal;
  /** Where programs are looked for; default: the process's own PATH. */
  searchPath?: string;
};

export type ToolName = 'ffmpeg' | 'ffprobe';

const MEBIBYTE = 1 << 20;
/** Decoding 4K and encoding 720p with one thread each was measured to work with 0.8 GB of address space. */
const ADDRESS_SPACE_BYTES = 4096 * MEBIBYTE;

export const PROBE_LIMITS: ToolLimits = {
  wallMs: 30_000,
  cpuSeconds: 20,
  addressSpaceBytes: ADDRESS_SPACE_BYTES,
  fileBytes: 0,
  stdoutBytes: 4 * MEBIBYTE,
};

export const POSTER_LIMITS: ToolLimits = { ...PROBE_LIMITS, wallMs: 60_000, cpuSeconds: 60, fileBytes: 16 * MEBIBYTE, stdoutBytes: MEBIBYTE };

export const TRANSCODE_LIMITS: ToolLimits = {
  wallMs: 4 * 60 * 60_000,
  cpuSeconds: 2 * 60 * 60,
  addressSpaceBytes: ADDRESS_SPACE_BYTES,
  fileBytes: 16 * 1024 * MEBIBYTE,
  stdoutBytes: MEBIBYTE,
};

/** Of what a tool says, the end is kept: the reason for giving up comes last. Saying much is no reason to stop it. */
const STDERR_BYTES = 64 * 1024;

/**
 * Formats a camera may hold. Left out on purpose: everything that makes a tool open further files (playlists, concat
 * scripts, numbered images) or takes plain text for pictures.
 */
const FORMATS = 'mov,matroska,webm,avi,mpegts,mpeg,flv,asf,wav,w64,mp3,aac,amr,ogg,flac,jpeg_pipe,png_pipe,bmp_pipe,gif,webp_pipe,tiff_pipe';

/**
 * The input is descriptor 3, opened by us for reading only: no option, protocol or pattern can be made of its name, the
 * tool can not write to it, and the name shows neither in the list of processes nor in what the tool says.
 */
export const INPUT_ARGS: readonly string[] = ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS, '-i', 'file:/proc/self/fd/3'];

/**
 * Runs ffmpeg or ffprobe on a file a camera made, which may be hostile: argument array, no shell, nothing on stdin,
 * limits on memory, CPU time, written bytes, answer and wall-clock time, low priority. When it resolves the tool has
 * ended. Expected failure is a value; it never rejects. Starting a process blocks the thread it is started from: see `runTool`.
 */
export async function runToolHere(tool: ToolName, run: ToolRun): Promise<ToolResult> {
  if (run.signal.aborted) return failure('aborted', '');
  if (run.input === null) return start(tool, run, null);
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(run.input, 'r');
  } catch (error) {
    return failure('input-missing', error instanceof Error && 'code' in error ? String(error.code) : '');
  }
  try {
    return await start(tool, run, handle.fd);
  } finally {
    await handle.close();
  }
}

function start(tool: string, run: ToolRun, fd: number | null): Promise<ToolResult> {
  const child = spawn('prlimit', [...limitArgs(run.limits), 'nice', '-n', '10', tool, '-hide_banner', ...run.args], {
    stdio: ['ignore', 'pipe', 'pipe', fd ?? 'ignore'],
    // Nothing of the station's own environment: proxies, credentials and library paths are none of the tool's business.
    env: { PATH: run.searchPath ?? process.env['PATH'], LANG: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' },
    ...(run.folder === undefined ? {} : { cwd: run.folder }),
    timeout: run.limits.wallMs,
    killSignal: 'SIGKILL',
    signal: run.signal,
  });
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  let stderr: Buffer = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes <= run.limits.stdoutBytes) stdout.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_BYTES);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      // After an abort the process still has to end; only one that never began has nothing more to say.
      if (child.pid === undefined) resolve(failure('missing', String(error)));
    });
    child.on('close', (code, killedBy) => {
      const said = stderr.toString('utf8');
      if (run.signal.aborted) resolve(failure('aborted', ''));
      else if (stdoutBytes > run.limits.stdoutBytes) resolve(failure('limit-exceeded', 'it says too much'));
      else if (code === 0) resolve({ ok: true, stdout: Buffer.concat(stdout), stderr: said });
      else resolve(reasonOf(code, killedBy, said));
    });
  });
}

function limitArgs(limits: ToolLimits): string[] {
  return [`--as=${limits.addressSpaceBytes}`, `--cpu=${limits.cpuSeconds}`, `--fsize=${limits.fileBytes}`, '--core=0'];
}

function reasonOf(code: number | null, killedBy: NodeJS.Signals | null, said: string): ToolFailure {
  // SIGKILL: wall-clock time, CPU time or the kernel short of memory. Other signals are the tool's own crash.
  if (killedBy === 'SIGKILL' || killedBy === 'SIGXCPU') return failure('limit-exceeded', `stopped: time or memory. ${said}`);
  if (killedBy === 'SIGXFSZ') return failure('limit-exceeded', `stopped: it writes too much. ${said}`);
  if (killedBy !== null) return failure('failed', `${killedBy}. ${said}`);
  if (/Cannot allocate memory|malloc of size \d+ failed|failed to map segment/.test(said)) return failure('limit-exceeded', said);
  if (/No space left on device|Disk quota exceeded/.test(said)) return failure('no-space', said);
  // 126 and 127 are what prlimit and nice answer when there is no such program to start.
  if (code === 126 || code === 127) return failure('missing', said);
  return failure('failed', said);
}

function failure(reason: ToolFailure['reason'], said: string): ToolFailure {
  const plain = said
    .replaceAll(/ @ 0x[0-9a-f]+/g, '')
    .replaceAll('file:/proc/self/fd/3', 'input')
    .replaceAll(/[^\x21-\x7e]+/g, ' ')
    .trim();
  return { ok: false, reason, detail: plain.length > 300 ? plain.slice(-300) : plain };
}
