import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { expect, test } from 'vitest';
import { guardContents } from './guards.electron.ts';

test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('%s to a foreign page is refused, to an own one let through', (event) => {
  const app = new EventEmitter();
  guardContents(app as unknown as App);
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: () => undefined });
  app.emit('web-contents-created', {}, contents);
  const refused: string[] = [];
  for (const url of ['https://example.org/', 'station://app/units']) contents.emit(event, { url, preventDefault: () => refused.push(url) });
  expect(refused).toEqual(['https://example.org/']);
});
