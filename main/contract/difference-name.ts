import type { Difference } from './api/archive.ts';

/** What a difference concerns in as few words as a person needs: the file, where it has a name; its whole place is in `what`. */
export function differenceName({ file, what }: Pick<Difference, 'file' | 'what'>): string {
  const name = (file ?? what).split('/').at(-1) ?? '';
  return name === '' ? what : name;
}
