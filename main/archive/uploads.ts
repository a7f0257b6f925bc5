import { type Db, sql } from '../store/index.ts';

/** A part that the far end acknowledged: hash of the bytes that were sent, and the far end's own mark of them. */
export type SentPart = { sha256: string; etag: string };

/**
 * Uploads in parts that were begun and not finished. Working state: losing it costs sending their parts again, and the far
 * end's halves are taken away when the bag is put again.
 */
export function createUploads(work: Db, destinationId: string) {
  return {
    idOf: (file: string): string | null =>
      sql<{ upload_id: string }>(work, 'SELECT upload_id FROM uploads WHERE destination_id = ? AND file = ?').get(destinationId, file)?.upload_id ??
      null,
    begin(file: string, uploadId: string): void {
      this.end(file);
      sql(work, 'INSERT INTO uploads (destination_id, file, upload_id) VALUES (?, ?, ?)').run(destinationId, file, uploadId);
    },
    sent(file: string, part: number, { sha256, etag }: SentPart): void {
      sql(work, 'INSERT OR REPLACE INTO upload_parts (destination_id, file, part, sha256, etag) VALUES (?, ?, ?, ?, ?)').run(
        destinationId,
        file,
        part,
        sha256,
        etag,
      );
    },
    partsOf(file: string): Map<number, SentPart> {
      const rows = sql<SentPart & { part: number }>(work, 'SELECT part, sha256, etag FROM upload_parts WHERE destination_id = ? AND file = ?');
      return new Map(rows.all(destinationId, file).map(({ part, sha256, etag }) => [part, { sha256, etag }]));
    },
    end(file: string): void {
      sql(work, 'DELETE FROM uploads WHERE destination_id = ? AND file = ?').run(destinationId, file);
    },
  };
}
export type Uploads = ReturnType<typeof createUploads>;
