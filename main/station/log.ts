import fs from 'node:fs';
import path from 'node:path';
import pino, { type Logger } from 'pino';

/** The log's newest file; older ones carry a number, 1 the newest. */
export const LOG_NAME = 'station.log';
const FILES = 5;
const MAX_BYTES = 10 * 1024 * 1024;

/** Names of the files that are kept, newest first; a young log has not all of them. */
export function logFiles(): string[] {
  return Array.from({ length: FILES }, (_, n) => (n === 0 ? LOG_NAME : `${LOG_NAME}.${n}`));
}

/** Opens the station's log: lines of JSON in a file of at most 10 MB, the four before it are kept. Readable by its owner alone. */
export function openLog(folder: string, maxBytes = MAX_BYTES): { log: Logger; close(): void } {
  const file = path.join(folder, LOG_NAME);
  const open = () => fs.openSync(file, 'a', 0o600);
  let fd = open();
  let size = fs.fstatSync(fd).size;

  function turnOver(): void {
    for (let n = FILES - 1; n >= 1; n -= 1) {
      const former = n === 1 ? file : `${file}.${n - 1}`;
      if (fs.existsSync(former)) fs.renameSync(former, `${file}.${n}`);
    }
    fs.closeSync(fd);
    fd = open();
    size = 0;
  }

  const stream = {
    write(line: string): void {
      const bytes = Buffer.from(line);
      try {
        if (size > 0 && size + bytes.length > maxBytes) turnOver();
        size += fs.writeSync(fd, bytes);
      } catch {
        // A log that cannot be written, on a full disk say, must not stop the copying of evidence; the ledger says what happened.
      }
    },
  };
  return {
    log: pino({ level: 'info' }, stream),
    close() {
      fs.closeSync(fd);
      // A line after this must not reach whatever file gets the number next.
      fd = -1;
    },
  };
}
