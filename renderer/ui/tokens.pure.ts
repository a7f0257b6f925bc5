/**
 * The one place of colour. Neutral slate surfaces, one blue-teal for what can be done, and state colours for state only.
 * A state word has at least 7:1 on its card, all other text at least 4.5:1; a test measures it.
 */
export type Theme = 'light' | 'dark';

/** Signs of a state: foreground of word and edge, and the card's surface. */
type Paint = { ink: string; surface: string };

const STATES = [
  'empty',
  'recognising',
  'locked',
  'refused',
  'copying',
  'proving',
  'paused',
  'safe',
  'kept',
  'interrupted',
  'attention',
  'fault',
] as const;
export type StateName = (typeof STATES)[number];

export type Palette = {
  page: string;
  card: string;
  raised: string;
  rail: string;
  line: string;
  control: string;
  text: string;
  quiet: string;
  brand: string;
  brandSoft: string;
  onBrand: string;
  danger: string;
  onDanger: string;
  states: Record<StateName, Paint>;
};

export const PALETTES: Record<Theme, Palette> = {
  light: {
    page: '#e3e8ec',
    card: '#f7f9fa',
    raised: '#ffffff',
    rail: '#d6dde2',
    line: '#bcc7cf',
    control: '#71808c',
    text: '#13202a',
    quiet: '#42525f',
    brand: '#0b5f6e',
    brandSoft: '#cfe5e8',
    onBrand: '#ffffff',
    danger: '#a01414',
    onDanger: '#ffffff',
    states: {
      empty: { ink: '#3f4d59', surface: '#ebf0f3' },
      recognising: { ink: '#3b4794', surface: '#f7f9fa' },
      locked: { ink: '#5b2a86', surface: '#f1eaf9' },
      refused: { ink: '#861a5c', surface: '#fbeaf4' },
      copying: { ink: '#0a4d8c', surface: '#f7f9fa' },
      proving: { ink: '#593591', surface: '#f7f9fa' },
      paused: { ink: '#404040', surface: '#efe9dd' },
      safe: { ink: '#ffffff', surface: '#08603a' },
      kept: { ink: '#0a5936', surface: '#f7f9fa' },
      interrupted: { ink: '#7d3500', surface: '#fff0e0' },
      attention: { ink: '#614100', surface: '#fff6d1' },
      fault: { ink: '#8e1010', surface: '#fde7e5' },
    },
  },
  dark: {
    page: '#0f161b',
    card: '#1a242c',
    raised: '#222e38',
    rail: '#141d24',
    line: '#35434f',
    control: '#7b8b98',
    text: '#e7edf1',
    quiet: '#aebbc5',
    brand: '#63c3d0',
    brandSoft: '#16404a',
    onBrand: '#04242b',
    danger: '#ff9a92',
    onDanger: '#3a0503',
    states: {
      empty: { ink: '#aebbc5', surface: '#141d24' },
      recognising: { ink: '#bcc5ff', surface: '#1a242c' },
      locked: { ink: '#d9c1ff', surface: '#2a1f3d' },
      refused: { ink: '#ffa6d4', surface: '#38182b' },
      copying: { ink: '#86c8ff', surface: '#1a242c' },
      proving: { ink: '#d3bbff', surface: '#1a242c' },
      paused: { ink: '#ddd3bf', surface: '#2b2822' },
      safe: { ink: '#03210f', surface: '#4bd08b' },
      kept: { ink: '#74dfa8', surface: '#1a242c' },
      interrupted: { ink: '#ffbd8a', surface: '#3a230e' },
      attention: { ink: '#ffd76e', surface: '#352a08' },
      fault: { ink: '#ffaaa4', surface: '#401614' },
    },
  },
};

/** The palette as CSS custom properties: `--brand-soft`, `--state-safe-ink`. */
export function cssVariables(palette: Palette): [name: string, value: string][] {
  const { states, ...colours } = palette;
  return [
    ...Object.entries(colours).map(([name, value]): [string, string] => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
    ...Object.entries(states).flatMap(([state, paint]): [string, string][] => [
      [`--state-${state}-ink`, paint.ink],
      [`--state-${state}-surface`, paint.surface],
    ]),
  ];
}

/** Contrast of two #rrggbb colours after WCAG 2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
