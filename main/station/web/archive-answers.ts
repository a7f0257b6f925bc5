import { failed, type Result } from '../../contract/errors.ts';
import type { ExportFormat } from '../../contract/web/archive.ts';
import type { Station } from '../open-station.ts';

/** A failure of a destination as other machines may read it: by the destination's name, never by its folder. */
export async function named<T>(name: string, result: Result<T> | Promise<Result<T>>): Promise<Result<T>> {
  const outcome = await result;
  return outcome.ok ? outcome : failed(outcome.failure.code, name);
}

const TYPES: Record<ExportFormat, string> = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
};

/** A report as a file to be saved; its name says which station, archive and day, and nothing that a client sent. */
export function reportFile(
  { identity, log }: Station,
  made: Result<Uint8Array>,
  {
    what,
    destination,
    endedAt,
    resultSha256,
    format,
  }: { what: string; destination: string; endedAt: string; resultSha256: string; format: ExportFormat },
): Result<File> {
  if (!made.ok && made.failure.code === 'run.cancelled') return made;
  if (!made.ok) {
    log.error({ failure: made.failure }, 'a report was not made');
    // Where programs and files of this machine lie is for the log alone.
    return failed(made.failure.code, format.toUpperCase());
  }
  const parts = ['evidock', identity.stationCode, what, destination, endedAt.slice(0, 10)];
  const name = `${parts.join('-').replace(/[^A-Za-z0-9-]+/g, '-')}-${resultSha256.slice(0, 8)}.${format}`;
  return { ok: true, value: new File([Buffer.from(made.value)], name, { type: TYPES[format] }) };
}

/** An answer that the browser saves. The name is made of letters, digits and hyphens alone, so it needs no escaping. */
export function downloadOf(file: File) {
  return { headers: { 'content-disposition': `attachment; filename="${file.name}"` }, body: file };
}
