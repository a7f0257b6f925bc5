import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = new URL('..', import.meta.url).pathname;

// Libraries that every screen needs stay in chunks of their own, so that a change of ours does not make a browser load them again.
const CHUNKS = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'data', test: /node_modules\/(@tanstack|@orpc|i18next|react-i18next)\// },
  // Together, so that zod is told before any schema is made.
  { name: 'zod', test: /node_modules\/zod\/|renderer\/app\/no-eval/ },
];

export default defineConfig({
  root: `${root}renderer`,
  base: '/',
  cacheDir: `${root}build/.cache/vite`,
  plugins: [react()],
  build: {
    outDir: `${root}build/.cache/renderer`,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'chrome130',
    // The content policy forbids inline scripts, and data URLs for anything but pictures.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
});
