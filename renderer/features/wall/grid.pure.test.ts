import { expect, test } from 'vitest';
import { wallGrid } from './grid.pure.ts';

const GAP = 12;
// What is left of the screen beside the rail and below the strip.
const SCREENS = [
  { name: '1920x1080', width: 1800, height: 980 },
  { name: '1280x800', width: 1160, height: 700 },
];
const counts = Array.from({ length: 32 }, (_, at) => at + 1);

test.each(SCREENS)('$name: 1 to 32 ports fit without scrolling', ({ width, height }) => {
  for (const count of counts) {
    const { columns, cardWidth, cardHeight } = wallGrid(count, width, height);
    const rows = Math.ceil(count / columns);
    expect(columns * cardWidth + (columns - 1) * GAP).toBeLessThanOrEqual(width);
    expect(rows * cardHeight + (rows - 1) * GAP).toBeLessThanOrEqual(height);
  }
});

test.each(SCREENS)('$name: more ports never make cards larger', ({ width, height }) => {
  const sizes = counts.map((count) => wallGrid(count, width, height)).map(({ cardWidth, cardHeight }) => Math.min(cardWidth, cardHeight * 0.85));
  for (const [at, size] of sizes.entries()) expect(size).toBeLessThanOrEqual((sizes[at - 1] ?? Number.POSITIVE_INFINITY) + 1);
});

test('32 ports on the large screen still have room for words of 28 pixels; few ports get large cards', () => {
  const many = wallGrid(32, 1800, 980);
  expect(many.cardWidth).toBeGreaterThanOrEqual(200);
  expect(many.cardHeight).toBeGreaterThanOrEqual(220);
  expect(wallGrid(8, 1800, 980).cardWidth).toBeGreaterThanOrEqual(400);
});

test('a window too small for all cards gets cards that can be read, and scrolls', () => {
  const { cardWidth, cardHeight } = wallGrid(32, 400, 300);
  expect(cardWidth).toBeGreaterThanOrEqual(132);
  expect(cardHeight).toBeGreaterThanOrEqual(160);
});
