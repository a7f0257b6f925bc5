import fs from 'node:fs';
import { expect, test } from 'vitest';
import { OPENAPI_FILE, openApiText } from './openapi.ts';

test('the checked-in document is what the contract generates (npm run openapi)', async () => {
  expect(fs.readFileSync(OPENAPI_FILE, 'utf8')).toBe(await openApiText());
});

test('the document is OpenAPI 3.1, and every operation says what it is for', () => {
  const document = JSON.parse(fs.readFileSync(OPENAPI_FILE, 'utf8')) as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string }>>;
  };
  expect(document.openapi).toMatch(/^3\.1\./);
  const operations = Object.entries(document.paths).flatMap(([at, methods]) => Object.entries(methods).map(([method, one]) => ({ at, method, one })));
  expect(operations.length).toBeGreaterThan(30);
  expect(operations.filter(({ one }) => !one.summary).map(({ at, method }) => `${method} ${at}`)).toEqual([]);
});
