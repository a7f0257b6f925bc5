/** One line of `/proc/self/mountinfo` (proc(5)), as far as it concerns a camera. */
export type Mount = { mountPoint: string; readOnly: boolean; fileSystem: string; source: string };

/** Parses mountinfo; lines that do not have its form are left out. Octal escapes (`\040`) in paths are undone. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ');
    const fields = before?.split(' ') ?? [];
    const [fileSystem, source] = after?.split(' ') ?? [];
    const [mountPoint, options] = [fields[4], fields[5]];
    if (!mountPoint || !options || !fileSystem || !source) continue;
    mounts.push({
      mountPoint: unescapePath(mountPoint),
      readOnly: options.split(',').includes('ro'),
      fileSystem,
      source: unescapePath(source),
    });
  }
  return mounts;
}

function unescapePath(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
