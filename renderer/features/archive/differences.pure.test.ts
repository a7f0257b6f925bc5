import { expect, test } from 'vitest';
import { countByCode, csvOf, recordingOf } from './differences.pure.ts';

const station = '01a20c7f-f471-7727-97c3-f503c7c323ee';
const unit = '01a20c7f-f471-7727-97c3-f503c7c323ef';
const item = '01a20c7f-f471-7727-97c3-f503c7c323f0';

test('a difference in a bag leads to its recording, one in the vault to none', () => {
  expect(recordingOf({ code: 'archive.item-missing', what: `nas: ${station}/2026/11/${unit}: ${item}`, detail: '' })).toBe(unit);
  expect(recordingOf({ code: 'archive.bag-damaged', what: `nas: ${unit}/bagit.txt`, detail: '' })).toBe(unit);
  expect(recordingOf({ code: 'vault.item-missing', what: item, detail: '' })).toBeNull();
});

test('a bag nobody recorded leads nowhere, although its folder is named like one', () => {
  expect(recordingOf({ code: 'archive.unexpected', what: `nas: ${station}/2026/11/${unit}`, detail: '' })).toBeNull();
});

test('codes are counted, the most frequent first', () => {
  const of = (code: 'vault.item-missing' | 'vault.item-differs') => ({ code, what: '', detail: '' });
  expect(countByCode([of('vault.item-missing'), of('vault.item-differs'), of('vault.item-differs')])).toEqual([
    { code: 'vault.item-differs', count: 2 },
    { code: 'vault.item-missing', count: 1 },
  ]);
});

test('a file name that is a formula does not run in a spreadsheet, and quotes and line ends stay inside their cell', () => {
  expect(csvOf([['=1+1', 'a"b', 'two\nlines']])).toBe('\uFEFF"\'=1+1","a""b","two\nlines"\r\n');
});
