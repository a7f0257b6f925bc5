import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_TEXTS, errorText } from './error-texts.ts';
import { ErrorCode } from './errors.ts';

const root = path.join(import.meta.dirname, '../..');

/** What every test of the project says, but for this one. */
function testTexts(): string {
  const folders = ['main', 'native', 'renderer', 'fixtures', 'build'].map((name) => path.join(root, name)).filter((folder) => fs.existsSync(folder));
  return folders
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(test\.tsx?|lab\.ts)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => file !== import.meta.filename)
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('\n');
}

test('each code is named by a test that meets it', () => {
  const texts = testTexts();
  const named = (code: string) => new RegExp(`(?<![\\w.-])${code.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`).test(texts);
  expect(ErrorCode.options.filter((code) => !named(code))).toEqual([]);
});

test.each(ErrorCode.options)('%s says in both languages what it concerns', (code) => {
  for (const language of ['zh', 'en'] as const) {
    expect(ERROR_TEXTS[code][language].split('{what}')).toHaveLength(2);
    expect(errorText(code, '$& 甲', language)).toContain('$& 甲');
  }
  expect(ERROR_TEXTS[code].zh).toMatch(/\p{Script=Han}.*。$/u);
  expect(ERROR_TEXTS[code].en).toMatch(/^[^\p{Script=Han}]+\.$/u);
});
