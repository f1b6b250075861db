/**
 * Class colours on both themes: the stored hue is kept, its lightness is moved until it stands 3:1 out of the
 * panel (WCAG 1.4.11). Colour is never the only carrier: each position also has its own shape.
 */

export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'cross', 'wedge'] as const;
export type Shape = (typeof SHAPES)[number];

/** Shape of the class at a position: six shapes filled, then the same six hollow. */
export const classShape = (position: number): { shape: Shape; hollow: boolean } => {
  const slot = ((position % 12) + 12) % 12;
  return { shape: SHAPES[slot % 6] ?? 'circle', hollow: slot >= 6 };
};

type Rgb = [number, number, number];

const parseHex = (hex: string): Rgb => {
  const value = Number.parseInt(/^#[0-9a-f]{6}$/i.test(hex) ? hex.slice(1) : '808080', 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

const toHex = (rgb: Rgb): string =>
  `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;

/** Relative luminance, WCAG 2.2. */
const luminance = (rgb: Rgb): number => {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** Contrast ratio of two #rrggbb colours, 1..21 (WCAG 2.2). */
export const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(parseHex(a)), luminance(parseHex(b))].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

/** Moves a colour towards white or black in 4% steps until it reaches the ratio against the ground. */
export const reachContrast = (hex: string, ground: string, ratio = 3): string => {
  const target = luminance(parseHex(ground)) > 0.4 ? 0 : 255;
  const start = parseHex(hex);
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = toHex(start.map((channel) => channel + (target - channel) * share) as Rgb);
    if (contrast(mixed, ground) >= ratio) return mixed;
  }
  return target === 0 ? '#000000' : '#ffffff';
};

const PANEL_LIGHT = '#ffffff';
const PANEL_DARK = '#151518';
const cache = new Map<string, string>();

/** A CSS colour for a stored class colour that reads on both themes. */
export const classColour = (hex: string): string => {
  const known = cache.get(hex);
  if (known !== undefined) return known;
  const css = `light-dark(${reachContrast(hex, PANEL_LIGHT)}, ${reachContrast(hex, PANEL_DARK)})`;
  cache.set(hex, css);
  return css;
};
