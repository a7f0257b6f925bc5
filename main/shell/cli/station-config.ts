import fs from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { done, failed, type Result } from '../../contract/errors.ts';

/** `/etc/evidock/station.toml`, as the installer writes it. */
const StationConfig = z.strictObject({
  data: z.string().startsWith('/'),
  /** Where the installed service serves the windows of its group. */
  socket: z.string().startsWith('/').optional(),
});
export type StationConfig = z.infer<typeof StationConfig>;

/**
 * The machine's configuration; null when there is no such file. A file that is wrong is `usage.invalid` and names the line
 * or the key: guessing another folder would split the evidence in two.
 */
export function stationConfig(): Result<StationConfig | null> {
  const file = process.env['EVIDOCK_CONFIG'] ?? '/etc/evidock/station.toml';
  if (!fs.existsSync(file)) return done(null);
  try {
    const parsed = StationConfig.safeParse(parse(fs.readFileSync(file, 'utf8')));
    if (parsed.success) return done(parsed.data);
    const issue = parsed.error.issues[0];
    return failed('usage.invalid', file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  } catch (error) {
    if (error instanceof TomlError) return failed('usage.invalid', `${file}:${error.line}`, error.message.split('\n')[0] ?? '');
    return failed('usage.invalid', file, String(error));
  }
}
