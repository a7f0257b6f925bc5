/** Bytes of a file to send, both ends inclusive. */
export type ByteRange = { start: number; end: number };

/**
 * Reads a Range header (RFC 9110, one range of bytes). `whole` when there is none or one this server does not serve
 * (several ranges, another unit), which the RFC allows to ignore; `unsatisfiable` when it lies outside the file.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/i.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return 'whole';
  const [first, last] = [match[1] as string, match[2] as string];
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  return start >= sizeBytes ? 'unsatisfiable' : { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
