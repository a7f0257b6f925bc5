import { type Db, sql } from '../store/index.ts';

/** Whether an original was removed from the vault because archives hold it; also while that is under way. */
export function isFreed(reader: Db, itemId: string): boolean {
  return sql(reader, 'SELECT 1 FROM freed_items WHERE item_id = ?').get(itemId) !== undefined;
}
