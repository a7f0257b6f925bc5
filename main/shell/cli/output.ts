import { errorText } from '../../contract/error-texts.ts';
import type { ErrorCode, Failure } from '../../contract/errors.ts';

/** Exit codes of the command line; a contract with scripts. */
export const EXIT = { done: 0, usage: 1, refused: 2, integrity: 3, partly: 4, internal: 70 } as const;

/** Which of several codes a command ends with: an integrity violation outweighs a refusal, that one what only waits. */
export function worst(...codes: number[]): number {
  return [EXIT.integrity, EXIT.refused, EXIT.partly].find((code) => codes.includes(code)) ?? EXIT.done;
}

/** The code for a station that could not be opened or could not do what was asked. */
export function exitOf(code: ErrorCode): number {
  if (code === 'usage.invalid') return EXIT.usage;
  if (code === 'ledger.write-failed') return EXIT.refused;
  return code.startsWith('ledger.') || code.startsWith('database.') ? EXIT.integrity : EXIT.refused;
}

export type Output = {
  json: boolean;
  /** The command's answer: one JSON document, or lines for people. */
  answer(value: unknown, lines: readonly string[]): void;
  /** Something that went wrong, on stderr, in the user's language. */
  failure(failure: Failure): void;
  /** A command that was refused as a whole: its answer is the failure, which is told on stderr too. */
  refuse(failure: Failure): void;
  /** Progress and hints, on stderr. */
  say(line: string): void;
};

/** Where a command's words go: stdout carries nothing but its answer. */
export function createOutput(json: boolean, language: 'zh' | 'en' = languageOf(process.env)): Output {
  const output: Output = {
    json,
    answer(value, lines) {
      process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    failure({ code, what, detail }) {
      process.stderr.write(`${errorText(code, what, language)} [${code}${detail === '' ? '' : `: ${detail}`}]\n`);
    },
    refuse(failure) {
      output.answer({ failure }, []);
      output.failure(failure);
    },
    say(line) {
      process.stderr.write(`${line}\n`);
    },
  };
  return output;
}

/** Chinese unless the environment asks for another language. */
export function languageOf(env: NodeJS.ProcessEnv): 'zh' | 'en' {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale === '' || locale.startsWith('zh') ? 'zh' : 'en';
}

/** Bytes for people, in decimal units as on a disk's label. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
