import { rebuildStation } from '../../station/index.ts';
import { EXIT, exitOf, type Output } from './output.ts';

/** `evidock rebuild`: needs the data folder for itself, so it never goes through a running station. */
export function rebuild(data: string, output: Output): number {
  const rebuilt = rebuildStation(data);
  if (!rebuilt.ok) {
    output.refuse(rebuilt.failure);
    return exitOf(rebuilt.failure.code);
  }
  const { entries, tables } = rebuilt.value;
  const differing = tables.filter((table) => table.same === false);
  output.answer(rebuilt.value, [
    `台账 entries ${entries}`,
    ...tables.map((one) => `${one.table}: ${one.rows} 行 rows${one.same === null ? '' : one.same ? ', 相同 same as before' : ', 不同 DIFFERED'}`),
  ]);
  for (const table of differing) output.failure({ code: 'projection.differs', what: table.table, detail: 'repaired' });
  return differing.length > 0 ? EXIT.integrity : EXIT.done;
}
