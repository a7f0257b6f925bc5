/** Longest name the vault gives a file, in bytes; leaves room for suffixes on every common file system. */
const MAX_NAME_BYTES = 200;

/** Names that Windows refuses whatever their extension; a vault may be copied there one day. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** What lies beside an original, and while it is being written. */
const SIDECAR = /^item\.json(\.tmp)?$/i;

/**
 * The name an original gets in the vault: its own, when that is valid UTF-8 of at most 200 bytes without anything a
 * shell, a file system or a path could mistake; else every doubtful byte percent-encoded and the whole cut, keeping
 * the extension. Never empty, never `.` or `..`, never starting with `-` or `.`, never `item.json`.
 */
export function safeName(raw: Uint8Array): string {
  const text = decodeStrictly(raw);
  if (text !== null && isPlain(text) && raw.length <= MAX_NAME_BYTES) return text;
  const encoded = text !== null ? encodeText(text) : encodeBytes(raw);
  return cut(encoded);
}

function isPlain(text: string): boolean {
  return encodeText(text) === text;
}

function encodeText(text: string): string {
  let encoded = '';
  for (const char of text) encoded += isPlainChar(char) ? char : percent(utf8(char));
  return guardWhole(encoded);
}

function encodeBytes(raw: Uint8Array): string {
  let encoded = '';
  for (const byte of raw) {
    const char = String.fromCharCode(byte);
    encoded += byte < 0x80 && isPlainChar(char) ? char : percent([byte]);
  }
  return guardWhole(encoded);
}

function isPlainChar(char: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}"*/:<>?\\|%]/u.test(char);
}

/** Encodes what is wrong with the name as a whole: how it starts, how it ends, what it would be taken for. */
function guardWhole(name: string): string {
  if (name === '') return '%00';
  if (RESERVED.test(name) || SIDECAR.test(name)) return percent(utf8(name[0] as string)) + name.slice(1);
  let guarded = name;
  if (/^[-.~ ]/.test(guarded)) guarded = percent(utf8(guarded[0] as string)) + guarded.slice(1);
  if (/[. ]$/.test(guarded)) guarded = guarded.slice(0, -1) + percent(utf8(guarded.at(-1) as string));
  return guarded;
}

function cut(name: string): string {
  if (utf8(name).length <= MAX_NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const room = MAX_NAME_BYTES - utf8(extension).length - 1;
  let kept = '';
  let bytes = 0;
  for (const part of name.slice(0, name.length - extension.length).match(/%[0-9A-F]{2}|[^%]/gu) ?? []) {
    bytes += utf8(part).length;
    if (bytes > room) break;
    kept += part;
  }
  return `${kept}~${extension}`;
}

function percent(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** UTF-8 bytes of a well-formed string. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/** The text these bytes are in UTF-8, or null when they are not valid UTF-8. */
export function decodeStrictly(raw: Uint8Array): string | null {
  let text = '';
  for (let at = 0; at < raw.length; ) {
    const lead = raw[at] as number;
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > raw.length) return null;
    let code = length === 1 ? lead : lead & (0xff >> (length + 1));
    for (let n = 1; n < length; n += 1) {
      const byte = raw[at + n] as number;
      if ((byte & 0xc0) !== 0x80) return null;
      code = (code << 6) | (byte & 63);
    }
    const shortest = [0, 0, 0x80, 0x800, 0x10000][length] as number;
    if (code < shortest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}
