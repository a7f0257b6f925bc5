import { decodeStrictly } from '../vault/index.ts';

/**
 * A raw path as text for people: itself when it is valid UTF-8 without control characters, else with the doubtful bytes
 * percent-encoded. Not reversible; the raw bytes are kept beside it.
 */
export function pathText(raw: Uint8Array): string {
  const text = decodeStrictly(raw);
  if (text !== null) return text.replaceAll(/\p{Cc}/gu, (char) => percent(Buffer.from(char)));
  return Array.from(raw, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : percent([byte]))).join('');
}

function percent(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
