import { expect, test } from 'vitest';
import { contrast, PALETTES } from './tokens.pure.ts';

const themes = Object.entries(PALETTES);

test.each(themes)('%s: state words stand out at 7:1 on their card', (_theme, palette) => {
  const weak = Object.entries(palette.states).filter(([, paint]) => contrast(paint.ink, paint.surface) < 7);
  expect(weak).toEqual([]);
});

test.each(themes)('%s: text is readable on every surface it stands on', (_theme, palette) => {
  const { page, card, raised, rail, brandSoft } = palette;
  const stateSurfaces = Object.entries(palette.states)
    .filter(([state]) => state !== 'safe')
    .map(([, paint]) => paint.surface);
  for (const surface of [page, card, raised, rail, brandSoft, ...stateSurfaces]) {
    expect(contrast(palette.text, surface)).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.quiet, surface)).toBeGreaterThanOrEqual(4.5);
  }
  for (const surface of [page, card, raised, rail]) {
    expect(contrast(palette.brand, surface)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.danger, surface)).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(palette.onBrand, palette.brand)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(palette.onDanger, palette.danger)).toBeGreaterThanOrEqual(4.5);
  // Outlines of fields and buttons.
  expect(contrast(palette.control, palette.raised)).toBeGreaterThanOrEqual(3);
});
