import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisesOf } from '../../fixtures/backend-contract.ts';
import { hashFile } from './file-io.ts';
import { openFolder } from './folder-backend.ts';

promisesOf('folder', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-far-'));
  const hashAtRest = (file: string) => hashFile(file).catch(() => null);
  return {
    backend: openFolder(root, hashAtRest),
    reopen: async () => openFolder(root, hashAtRest),
    overwrite: (file, bytes) => fs.promises.writeFile(path.join(root, file), bytes),
    lose: (file) => fs.promises.rm(path.join(root, file)),
    close: () => fs.promises.rm(root, { recursive: true }),
  };
});
