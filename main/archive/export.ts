import fs from 'node:fs';
import path from 'node:path';
import type { Entry } from '../contract/entries/index.ts';
import { failed, type Result } from '../contract/errors.ts';
import { latestEntry } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { type BagContent, type BagItem, bagFiles, bagItems, readBag, writeBag } from './bag.ts';
import { createProver, custodyEntries } from './custody.ts';
import { localTree, writeCode } from './folder-backend.ts';
import type { ForwardContext } from './forward.ts';

export type Exported = { folder: string; units: number; files: number; bytes: number };

/**
 * Writes everything linked to a case as one BagIt bag that anyone can check with sha256sum: originals, their facts, the
 * custody entries with proofs, the signed segment roots, the station's public key, a checking script and a page that
 * says how. The bag is read back before it is called done.
 */
export async function exportCase(context: ForwardContext, agencyCase: { id: string; number: string }, out: string): Promise<Result<Exported>> {
  const { ledger } = context;
  const imported = latestEntry(ledger.reader, 'case.imported', agencyCase.id);
  if (!imported) return failed('case.unknown', agencyCase.number);
  if (fs.existsSync(out) && fs.readdirSync(out).length > 0) return failed('export.folder-not-empty', out);
  const units = linkedUnits(context, agencyCase.id);
  if (units.length === 0) return failed('export.nothing-linked', agencyCase.number);

  const items: BagItem[] = [];
  const entries = new Map<number, Entry>();
  for (const unit of units) {
    const found = bagItems(ledger, context.vault, unit, `${unit.subject.id}/`);
    if (!found.ok) return found;
    items.push(...found.value);
    for (const entry of custodyEntries(ledger, unit, null)) entries.set(entry.seq, entry);
  }
  const custody = await createProver(ledger, context.segments).prove([...entries.values()].sort((a, b) => a.seq - b.seq));
  const about = { caseId: agencyCase.id, ...ledger.records.get('case', agencyCase.id), ...imported.body };
  const content: BagContent = {
    items,
    custody,
    info: [
      ['Bagging-Date', context.now().slice(0, 10)],
      ['External-Identifier', agencyCase.id],
      ['Source-Organization', `Evidock ${context.stationCode}`],
    ],
    tags: {
      'evidock/case.json': `${JSON.stringify(about, null, 1)}\n`,
      'evidock/station.json': `${JSON.stringify({ stationId: context.stationId, publicKey: ledger.publicKey, algorithm: 'Ed25519' }, null, 1)}\n`,
      'verify.sh': VERIFY_SCRIPT,
      'README.txt': README,
    },
  };
  const written = await writePackage(context, out, content);
  if (!written.ok) {
    // The folder was empty before, so all of it is ours; half a package must not be taken for one.
    for (const name of fs.existsSync(out) ? fs.readdirSync(out) : []) fs.rmSync(path.join(out, name), { recursive: true, force: true });
    return written;
  }
  const bytes = items.reduce((sum, item) => sum + item.sizeBytes, 0);
  return { ok: true, value: { folder: out, units: units.length, files: items.length, bytes } };
}

async function writePackage(context: ForwardContext, out: string, content: BagContent): Promise<Result<unknown>> {
  try {
    const tree = localTree(path.dirname(out), context.hashAtRest);
    const written = await writeBag(tree, path.basename(out), bagFiles(content));
    if (!written.ok) return written;
    await fs.promises.chmod(path.join(out, 'verify.sh'), 0o755);
    return await readBag(tree, path.basename(out));
  } catch (error) {
    // `writeCode` lets through what is no system error: that is a bug.
    writeCode(error);
    return failed('export.write-failed', out, String(error));
  }
}

function linkedUnits(context: ForwardContext, caseId: string): Entry<'unit.closed'>[] {
  return sql<{ unit_id: string }>(context.ledger.reader, 'SELECT unit_id FROM unit_links WHERE case_id = ? ORDER BY unit_id')
    .all(caseId)
    .map((row) => latestEntry(context.ledger.reader, 'unit.closed', row.unit_id))
    .filter((unit) => unit !== null);
}

const VERIFY_SCRIPT = `#!/bin/sh
# Checks every file of this package against its lists. Needs only sha256sum.
cd "$(dirname "$0")" || exit 2
if sha256sum --quiet --check manifest-sha256.txt && sha256sum --quiet --check tagmanifest-sha256.txt; then
  listed=$(grep -c . manifest-sha256.txt)
  found=$(find data -type f | grep -c .)
  if [ "$listed" -eq "$found" ]; then
    echo "校验通过：$found 个原始文件与清单一致。"
    echo "Verified: $found original files are as listed."
    exit 0
  fi
  echo "data/ 中有 $found 个文件，清单为 $listed 个。 / data/ holds $found files, $listed are listed."
fi
echo "校验失败：请勿使用本证据包。"
echo "NOT VERIFIED: do not rely on this package."
exit 1
`;

const README = `证据包 / Evidence package

data/                     原始文件，按音像记录分文件夹 / originals, one folder per recording
manifest-sha256.txt       每个原始文件的 SHA-256 / SHA-256 of every original (BagIt, RFC 8493)
evidock/sm3sums.txt       每个原始文件的 SM3 / SM3 of every original
evidock/items.json        来源、时间、记录仪 / where each file came from
evidock/custody.jsonl     保管链：每行一条台账，含所在分段的 Merkle 证明 (RFC 6962)
                          custody: one ledger entry a line, with its Merkle proof
evidock/segments.jsonl    采集站签名的分段根 (Ed25519) / segment roots signed by the station
evidock/station.json      采集站公钥 / the station's public key

校验 / To check:  sh verify.sh
台账一行的哈希 / An entry's hash: SHA-256 of the bytes between {"entry": and ,"hash": on its line.
`;
