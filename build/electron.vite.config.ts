import fs from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'electron-vite';

const root = path.dirname(import.meta.dirname);
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
const shell = (name: string) => path.join(root, 'main/shell/electron', name);
const outDir = (part: string) => path.join(root, 'build/.cache/electron', part);

// The shell only. The pages are built by build/vite.config.ts and served by the station.
export default defineConfig({
  main: {
    plugins: [
      {
        name: 'camera-profiles',
        closeBundle: () => fs.cpSync(path.join(root, 'main/dock/profiles'), path.join(outDir('main'), 'profiles'), { recursive: true }),
      },
    ],
    build: {
      outDir: outDir('main'),
      externalizeDeps: true,
      rollupOptions: {
        input: {
          'main.electron': shell('main.electron.ts'),
          'station.process': shell('station.process.ts'),
          'writer.worker': path.join(root, 'main/station/writer.worker.ts'),
          'verify.worker': path.join(root, 'main/station/verify.worker.ts'),
          'duckdb.worker': path.join(root, 'main/archive/catalogue/duckdb.worker.ts'),
          'report.worker': path.join(root, 'main/reports/report.worker.ts'),
          'copy.worker': path.join(root, 'native/portable/copy.worker.ts'),
          'tool.worker': path.join(root, 'main/media/tool.worker.ts'),
        },
        // Workers are started by the name they have in the source, beside the code that asks for them.
        output: {
          format: 'es',
          entryFileNames: ({ name }) => (name.endsWith('.worker') ? '[name].ts' : '[name].js'),
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    define: { __EVIDOCK_VERSION__: JSON.stringify(version) },
    build: {
      outDir: outDir('preload'),
      rollupOptions: {
        input: { 'preload.electron': shell('preload.electron.ts') },
        // A sandboxed preload is CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
