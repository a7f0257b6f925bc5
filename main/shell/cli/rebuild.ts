import { type From, rebuildFromArchive, rebuildStation } from '../../station/index.ts';
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

/** `evidock rebuild --from`: a station that is gone, from its archive, into an empty data folder. */
export async function rebuildFrom(data: string, from: From, output: Output): Promise<number> {
  const rebuilt = await rebuildFromArchive(data, from);
  if (!rebuilt.ok) {
    output.refuse(rebuilt.failure);
    return exitOf(rebuilt.failure.code);
  }
  const { station, publicKey, epoch, otherEpochs, segments, head, tables, namesRestored, bagsWithoutReceipt, failures } = rebuilt.value;
  output.answer(rebuilt.value, [
    `采集站 station ${station.code} ${station.id}`,
    `公钥，请与另存的核对 public key, compare it with one kept elsewhere: ${publicKey}`,
    `已核验 checked: ${segments} 分段 segments, 台账至 ledger up to ${head.seq}, ${head.at}; 第 ${epoch} 世 epoch ${epoch}`,
    ...(otherEpochs.length > 0
      ? [`归档中另有台账分支，可用 --epoch 指定 the archive holds other epochs, see --epoch: ${otherEpochs.join(', ')}`]
      : []),
    ...tables.filter((one) => one.rows > 0).map((one) => `${one.table}: ${one.rows} 行 rows`),
    `已恢复文件名 names of originals restored ${namesRestored}`,
    `归档中没有的 not in the archive: ${head.at} 之后的台账 what was recorded after it, 人名、案号、标记文字、对账结果 names of people and cases, words of marks, results of reconciliations; 原始文件仍在归档 originals stay in the archive`,
    ...(bagsWithoutReceipt > 0 ? [`其后归档、此目录尚不知道的包 bags archived after that, unknown here: ${bagsWithoutReceipt}`] : []),
  ]);
  for (const failure of failures) output.failure(failure);
  return failures.length > 0 ? EXIT.integrity : EXIT.done;
}
