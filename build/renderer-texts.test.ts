import path from 'node:path';
import { expect, test } from 'vitest';
import { flatten, languageFaults, textFaults, wordsInComponent } from './renderer-texts.ts';

test('every text of the screens is there in both languages, and none is written into a component', () => {
  expect(textFaults(path.resolve(import.meta.dirname, '../renderer'))).toEqual([]);
});

test('a key in one language only, an empty text and a lost placeholder are reported', () => {
  const zh = flatten({ wall: { free: '空闲', ready: '{{time}} 可取', gone: '', files_other: '{{count}} 个文件' } });
  const en = flatten({ wall: { ready: 'ready', gone: 'gone', extra: 'more', files_one: '{{count}} file', files_other: '{{count}} files' } });
  expect(languageFaults(zh, en).sort()).toEqual([
    'wall.extra is only in en',
    'wall.free is only in zh-CN',
    'wall.gone is empty',
    'wall.ready has other placeholders in en',
  ]);
});

test('words inside a component are found, technical strings are left alone', () => {
  const source = `export function A() {
    const word = '采集中';
    const said = 'Put it back now';
    return <div className="card wide" aria-label="Close" title={word}>Hello <b>{said}</b>{'GET /x'}</div>;
  }`;
  expect(wordsInComponent(source)).toEqual(['采集中', 'Put it back now', 'aria-label=Close', 'Hello']);
});
