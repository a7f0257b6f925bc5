/** Debian packages the project needs, each with a file that is there when it is installed. */
const SYSTEM = {
  ffmpeg: '/usr/bin/ffmpeg',
  chromium: '/usr/bin/chromium',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  xvfb: '/usr/bin/Xvfb',
};

/**
 * Debian packages that are missing.
 * @param {(file: string) => boolean} exists
 * @returns {string[]}
 */
export function missingOf(exists) {
  return Object.entries(SYSTEM)
    .filter(([, file]) => !exists(file))
    .map(([name]) => name);
}

/**
 * Why this machine cannot run the project, in words for the person in front of it; null when it can.
 * @param {string} platform
 * @param {string} arch
 * @param {string} node
 * @returns {string | null}
 */
export function refusalOf(platform, arch, node) {
  if (Number(node.split('.')[0]) < 20) return `需要 Node 20 或更新 / Node 20 or newer is needed, this is ${node}`;
  if (platform === 'linux' && arch === 'x64') return null;
  if (platform === 'linux' && node.startsWith('24.')) return null;
  return (
    `此系统 (${platform} ${arch}) 尚不支持自动准备：请安装 Node 24 与 ffmpeg，并在 Linux 上运行。\n` +
    `Not set up on ${platform} ${arch}: copying past the page cache, docks and ffmpeg limits need Linux; there, Node 24 and ffmpeg are missing pieces to install by hand.`
  );
}
