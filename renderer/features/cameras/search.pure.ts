import type { CameraRow } from '../../../main/contract/web/cameras.ts';

/** Whether a camera answers to a word: its serial, one it had before, or whoever used it last. */
export function isFound({ serial, merged, lastOfficer }: CameraRow, search: string): boolean {
  const word = search.trim().toLowerCase();
  const texts = [serial, ...merged.map((one) => one.serial), lastOfficer?.name, lastOfficer?.number];
  return texts.some((text) => text?.toLowerCase().includes(word));
}
