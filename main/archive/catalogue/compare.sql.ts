import { LEDGER_LEAP } from '../../ledger/index.ts';
import { instantText, quoted } from './sql-text.ts';

/** Views over what lies at the archive: `all_listed` all of it, `all_held` what lies below stations with a catalogue. */
export function heldViews(inventory: string): string[] {
  return [
    `CREATE VIEW all_listed AS SELECT key, size_bytes, sha256 FROM read_parquet('${quoted(inventory)}')`,
    // Keys as `bagPath` makes them: station, year, month, recording; payload as `data/<nnnn>-<item>`.
    `CREATE VIEW all_held AS SELECT key, size_bytes, sha256, key[1:36] AS station, key[1:81] AS bag, key[46:81] AS unit_id, key[93:128] AS item_id,
       key[82:87] = '/data/' AND length(key) >= 128 AND key[37:37] = '/' AND key[45:45] = '/' AS is_payload, key[38:43] = 'ledger' AS is_ledger
     FROM all_listed WHERE key[37:37] = '/' AND key[1:36] IN (SELECT station FROM all_stations)`,
  ];
}

const TAGS = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'manifest-md5.txt', 'tagmanifest-sha256.txt']
  .concat(['sm3sums.txt', 'md5sums.txt', 'xxh64sums.txt', 'items.json', 'custody.jsonl', 'segments.jsonl'].map((name) => `evidock/${name}`))
  .map((name) => `'/${name}'`)
  .join(', ');

/** When a UUIDv7 was made. */
const madeAt = (column: string) => `make_timestamptz(1000 * coalesce(TRY_CAST('0x' || ${column}[1:8] || ${column}[10:13] AS BIGINT), 0))`;

/**
 * The comparisons, in order. `odd` holds the few of a million originals that are not the same everywhere; only these are looked
 * at closer. `$destination`, `$at`, `$after` and `$looked` are filled in: `$looked` says of a bag whether the inventory would list it.
 */
export const COMPARISONS: readonly { name: string; statements: readonly string[] }[] = [
  {
    name: 'originals',
    statements: [
      `CREATE TABLE odd AS
       SELECT coalesce(i.station, h.station) AS station, i.item_id AS known, coalesce(i.item_id, h.item_id) AS item_id, coalesce(i.unit_id, h.unit_id) AS unit_id,
         i.sha256, i.size_bytes, i.stored_at, i.confirmed_sha256, i.confirmed_at, i.bag, h.key, h.bag AS held_bag, h.size_bytes AS held_bytes, h.sha256 AS held_sha256
       FROM (SELECT i.station, i.item_id, i.unit_id, i.sha256, i.size_bytes, i.stored_at, r.sha256 AS confirmed_sha256, r.confirmed_at, r.bag
         FROM all_items i LEFT JOIN (SELECT * FROM all_receipts WHERE destination_id = $destination) r ON r.item_id = i.item_id AND r.station = i.station
         WHERE $looked) i
       FULL JOIN (SELECT * FROM all_held WHERE is_payload) h ON h.item_id = i.item_id AND h.unit_id = i.unit_id
       WHERE (h.size_bytes = i.size_bytes AND h.bag = i.bag AND i.confirmed_sha256 = i.sha256 AND coalesce(h.sha256, i.sha256) = i.sha256) IS NOT TRUE`,
      `CREATE TABLE judged AS SELECT *, CASE
         WHEN known IS NULL THEN CASE WHEN ${madeAt('unit_id')} > (SELECT max(written_at) FROM all_stations s WHERE s.station = odd.station) THEN 'waiting' ELSE 'no-item' END
         WHEN confirmed_sha256 IS NULL THEN CASE WHEN key IS NOT NULL AND stored_at < $at - $after THEN 'no-receipt' ELSE 'waiting' END
         WHEN key IS NULL THEN CASE WHEN confirmed_at > $at THEN 'waiting' ELSE 'gone-after-receipt' END
         WHEN held_bytes IS NULL THEN 'not-looked-at'
         WHEN held_bag <> bag THEN 'place'
         WHEN held_bytes <> size_bytes THEN 'size'
         WHEN held_sha256 <> sha256 THEN 'content'
         ELSE 'receipt' END AS cause FROM odd`,
      `INSERT INTO differences SELECT CASE cause WHEN 'gone-after-receipt' THEN 'missing' WHEN 'not-looked-at' THEN 'unreadable'
           WHEN 'no-item' THEN 'extra' WHEN 'no-receipt' THEN 'extra' ELSE 'differs' END,
         'archive', cause, CASE cause WHEN 'gone-after-receipt' THEN 'resend' WHEN 'not-looked-at' THEN 're-read' WHEN 'no-receipt' THEN 're-read' ELSE 'quarantine' END,
         station, unit_id, item_id, NULL, coalesce(key, bag),
         CASE cause WHEN 'size' THEN size_bytes::VARCHAR WHEN 'place' THEN bag ELSE sha256 END,
         CASE cause WHEN 'size' THEN held_bytes::VARCHAR WHEN 'place' THEN held_bag WHEN 'content' THEN held_sha256 WHEN 'receipt' THEN confirmed_sha256 END,
         ${instantText('coalesce(confirmed_at, stored_at)')} FROM judged WHERE cause <> 'waiting'`,
    ],
  },
  {
    name: 'strays',
    statements: [
      `INSERT INTO differences SELECT 'extra', 'archive', 'stray', 'quarantine', station, NULL, NULL, NULL, key, NULL, NULL, NULL FROM all_held
       WHERE NOT is_payload AND NOT is_ledger AND NOT regexp_matches(key[38:], '^station-key(-[0-9]+)?[.]json$') AND key[82:] NOT IN (${TAGS})`,
    ],
  },
  {
    name: 'stations',
    statements: [
      `INSERT INTO differences SELECT DISTINCT 'missing', 'catalogue', 'not-there', 'rewrite', key[1:36], NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM all_listed
       WHERE key[37:43] = '/ledger' AND key[1:36] NOT IN (SELECT station FROM all_stations)
         AND key[1:36] NOT IN (SELECT station FROM differences WHERE location = 'catalogue')`,
    ],
  },
  {
    name: 'certificates',
    statements: [
      `INSERT INTO differences SELECT 'missing', 'vault', 'not-stored', 're-read', d.station, NULL, NULL, d.docking_id, NULL, d.stored::VARCHAR,
         coalesce(i.n, 0)::VARCHAR, ${instantText('d.started_at')} FROM all_dockings d
       LEFT JOIN (SELECT docking_id, count(*) AS n FROM all_items GROUP BY docking_id) i ON i.docking_id = d.docking_id WHERE d.stored > coalesce(i.n, 0)`,
    ],
  },
  {
    name: 'duplicates',
    statements: [
      // By a short hash first: a million of them fit where the hashes themselves would not.
      `INSERT INTO differences SELECT 'duplicate', 'archive', 'other-station', 'explain', station, unit_id, item_id, NULL, NULL, first.station || ': ' || first.item_id,
         sha256, ${instantText('stored_at')} FROM (
         SELECT *, min_by({station: station, item_id: item_id}, (stored_at, item_id)) OVER (PARTITION BY sha256) AS first FROM all_items
         WHERE size_bytes > 0 AND hash(sha256) IN (
           SELECT short FROM (SELECT hash(sha256) AS short, hash(station) AS origin FROM all_items WHERE size_bytes > 0) GROUP BY short HAVING min(origin) <> max(origin)))
       WHERE station <> first.station`,
    ],
  },
  {
    name: 'recordings',
    statements: [
      `INSERT INTO differences SELECT 'late', 'station', deadline_basis, 'explain', station, unit_id, NULL, docking_id, NULL, ${instantText('recorded_latest')},
         ${instantText('closed_at')}, ${instantText('closed_at')} FROM all_recordings WHERE deadline = 'late'`,
      `INSERT INTO differences SELECT 'unlinked', 'station',
         CASE WHEN suggested_case_id IS NOT NULL THEN 'suggested' WHEN officer_id IS NULL THEN 'no-officer' ELSE 'no-case' END, 'link', station, unit_id, NULL,
         docking_id, NULL, suggested_case_id, NULL, ${instantText('closed_at')} FROM all_recordings r
       WHERE kind = 'recording' AND closed_at < $at - $after AND NOT EXISTS (SELECT 1 FROM all_links l WHERE l.unit_id = r.unit_id)`,
    ],
  },
  {
    name: 'ledgers',
    statements: [
      // A continuation leaps on purpose; a smaller gap is a hole.
      `INSERT INTO differences SELECT 'missing', 'ledger', 'gap', 'rewrite', station, NULL, NULL, NULL, key, (before + 1)::VARCHAR, first::VARCHAR, NULL FROM (
         SELECT station, key, first, coalesce(lag(last) OVER (PARTITION BY station, folder ORDER BY first), 0) AS before FROM (
           SELECT station, key, split_part(key, '/', 2) AS folder, TRY_CAST(split_part(key, '/', 3)[1:12] AS BIGINT) AS first,
             TRY_CAST(split_part(key, '/', 3)[14:25] AS BIGINT) AS last FROM all_held WHERE is_ledger AND key LIKE '%.jsonl'))
       WHERE first > before + 1 AND first - before <= ${LEDGER_LEAP}`,
    ],
  },
  {
    name: 'totals',
    statements: [
      `CREATE TABLE totals AS SELECT (SELECT count(*) FROM all_stations) AS stations, items, items - unchanged - (SELECT count(DISTINCT known) FROM judged) AS same,
         (SELECT count(*) FROM judged WHERE cause = 'waiting') AS waiting, unchanged FROM (SELECT count(*) AS items FROM all_items),
         (SELECT count(*) AS unchanged FROM (SELECT station, item_id, bag FROM all_receipts WHERE destination_id = $destination AND NOT $looked) r
          JOIN all_items i ON i.item_id = r.item_id AND i.station = r.station)`,
    ],
  },
];

/** Up to which entry of each station receipts were judged: those confirmed after the inventory was begun were not. */
export const UP_TO = `SELECT s.station AS stationId, least(max(s.head_seq), coalesce(min(r.seq) - 1, max(s.head_seq))) AS seq FROM all_stations s
  LEFT JOIN all_receipts r ON r.station = s.station AND r.destination_id = $destination AND r.confirmed_at > $at GROUP BY s.station ORDER BY s.station`;
