import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Small pictures for the README, out of what the end-to-end run of the screens saw. Run `npm run test:screens` first. */
const SHOTS = path.join(import.meta.dirname, '../fixtures/e2e/shots');
const PICTURES = path.join(import.meta.dirname, '../renderer/pictures');
const WIDTH = 760;

const WANTED = {
  'wall-zh': 'admin-wall-zh-CN-1280',
  'recordings-zh': 'officer-recordings-zh-CN-1280',
  'recording-zh': 'officer-recording-zh-CN-1280',
  'link-zh': 'officer-linking-zh-CN-1280',
  'cases-en': 'officer-cases-en-1280',
  'archive-en': 'admin-archive-en-1280',
};

fs.mkdirSync(PICTURES, { recursive: true });
for (const [name, shot] of Object.entries(WANTED)) {
  const palette = `scale=${WIDTH}:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path.join(SHOTS, `${shot}.png`), '-vf', palette, path.join(PICTURES, `${name}.png`)]);
}
