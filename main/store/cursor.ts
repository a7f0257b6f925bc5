/** Writes where a page of a list ended, for a client to hand back; opaque to it. */
export function writeCursor(values: readonly [string | number, string]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Reads a cursor a client handed back. One that this program did not write gives null: the list begins again. */
export function readCursor(cursor: string | null): [string | number, string] | null {
  if (cursor === null) return null;
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    return (typeof value === 'string' || typeof value === 'number') && typeof id === 'string' ? [value, id] : null;
  } catch {
    return null;
  }
}
