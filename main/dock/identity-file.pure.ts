/** An identity file as found: its fields, or what is wrong with it. */
export type IniIdentity = { serial: string; officer: string | null; unit: string | null; bound: string; check: string };

/** Reads `key = value` lines of the `[camera]` section; null when serial or check are missing. Unknown keys are ignored. */
export function parseIdentityIni(text: string): IniIdentity | null {
  const fields = new Map<string, string>();
  let section = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith(';') || trimmed.startsWith('#')) continue;
    const header = /^\[([^\]]*)\]$/.exec(trimmed);
    if (header) section = (header[1] as string).trim().toLowerCase();
    const equals = trimmed.indexOf('=');
    if (header || section !== 'camera' || equals < 1) continue;
    fields.set(trimmed.slice(0, equals).trim().toLowerCase(), trimmed.slice(equals + 1).trim());
  }
  const serial = fields.get('serial');
  const check = fields.get('check');
  if (!serial || !check || serial.length > 100) return null;
  return {
    serial,
    officer: fields.get('officer') || null,
    unit: fields.get('unit') || null,
    bound: fields.get('bound') ?? '',
    check: check.toLowerCase(),
  };
}

/** The text the check value is a hash of. */
export function checkedText(identity: IniIdentity): string {
  return [identity.serial, identity.officer ?? '', identity.unit ?? '', identity.bound].join('|');
}
