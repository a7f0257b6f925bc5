/** Width to height that a card is laid out for. */
const RATIO = 0.85;
const GAP = 12;
/** Below this a card cannot say what it has to; the wall scrolls instead. */
const LEAST = { width: 132, height: 160 };
/** A lone port does not fill a whole screen. */
const MOST = { width: 560, height: 520 };

export type WallGrid = { columns: number; cardWidth: number; cardHeight: number };

/** The grid that shows `count` ports in `width` by `height` pixels without scrolling, with the largest cards that have a good shape. */
export function wallGrid(count: number, width: number, height: number): WallGrid {
  const candidates = Array.from({ length: Math.max(1, count) }, (_, at) => sized(at + 1, count, width, height));
  const best = candidates.reduce((one, other) => (size(other) > size(one) ? other : one));
  return {
    columns: best.columns,
    cardWidth: clamp(best.cardWidth, LEAST.width, MOST.width),
    cardHeight: clamp(best.cardHeight, LEAST.height, MOST.height),
  };
}

function sized(columns: number, count: number, width: number, height: number) {
  const rows = Math.max(1, Math.ceil(count / columns));
  return { columns, cardWidth: Math.floor((width - GAP * (columns - 1)) / columns), cardHeight: Math.floor((height - GAP * (rows - 1)) / rows) };
}

/** How large the card's content can be drawn: the lesser of what width and height allow. */
function size({ cardWidth, cardHeight }: { cardWidth: number; cardHeight: number }): number {
  return Math.min(cardWidth, MOST.width, cardHeight * RATIO, MOST.height * RATIO);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
