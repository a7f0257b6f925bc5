// Apart from the engine: whoever only needs to know the statements must not load it.

/** A text as it stands between single quotes. */
export function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

/** Text of an instant as everywhere else in the project. */
export const instantText = (column: string) => `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ')`;
