import { ellipse, rectangle } from './canvas.ts';
import type { Point } from './canvas.ts';

/** One painted part of a thing: `shade` moves its lightness against the body's colour; `hue` turns it away from it. */
export interface Part {
  points: Point[];
  shade: number;
  hue?: number;
}

type Draw = (wobble: (amount: number) => number) => Part[];

const leaf: Draw = (w) => {
  const width = 0.2 + w(0.05);
  const side = (sign: number): Point[] =>
    Array.from({ length: 17 }, (_, i) => {
      const t = i / 16;
      return [0.5 + sign * width * Math.sin(Math.PI * t) ** 0.8 * (1 - 0.25 * t), 0.85 - 0.7 * t] as const;
    });
  return [
    { points: [...side(-1), ...side(1).reverse()], shade: 0 },
    {
      points: [
        [0.49, 0.98],
        [0.51, 0.98],
        [0.508, 0.2],
        [0.495, 0.2],
      ],
      shade: -0.22,
    },
    ...[0.35, 0.5, 0.65].flatMap((y) =>
      [-1, 1].map((sign) => ({
        points: [
          [0.5, y],
          [0.5, y + 0.02],
          [0.5 + sign * width * 0.7, y - 0.1],
          [0.5 + sign * width * 0.7, y - 0.11],
        ] as Point[],
        shade: -0.16,
      })),
    ),
  ];
};

const fish: Draw = (w) => {
  const height = 0.19 + w(0.04);
  return [
    {
      points: [
        [0.7, 0.5],
        [0.93, 0.5 - height - w(0.03)],
        [0.86, 0.5],
        [0.93, 0.5 + height + w(0.03)],
      ],
      shade: -0.12,
    },
    {
      points: [
        [0.42, 0.5 - height * 0.9],
        [0.6, 0.5 - height * 1.7],
        [0.66, 0.5 - height * 0.5],
      ],
      shade: -0.12,
    },
    { points: ellipse(0.43, 0.5, 0.33, height), shade: 0 },
    { points: ellipse(0.45, 0.5 + height * 0.45, 0.22, height * 0.35), shade: 0.12 },
    { points: ellipse(0.24, 0.5 - height * 0.2, 0.035, 0.035), shade: 0.5 },
    { points: ellipse(0.235, 0.5 - height * 0.2, 0.017, 0.017), shade: -0.6 },
  ];
};

const house: Draw = (w) => {
  const eaves = 0.47 + w(0.05);
  return [
    { points: rectangle(0.64, 0.2 + w(0.03), 0.08, 0.2), shade: -0.3 },
    { points: rectangle(0.22, eaves, 0.56, 0.86 - eaves), shade: 0.08 },
    {
      points: [
        [0.14, eaves],
        [0.5, 0.16 + w(0.04)],
        [0.86, eaves],
      ],
      shade: -0.2,
      hue: 0.45,
    },
    { points: rectangle(0.44 + w(0.08), 0.64, 0.12, 0.22), shade: -0.3 },
    { points: rectangle(0.28, 0.57, 0.1, 0.1), shade: 0.32 },
    { points: rectangle(0.62, 0.57, 0.1, 0.1), shade: 0.32 },
  ];
};

const star: Draw = (w) => {
  const inner = 0.17 + w(0.03);
  const tips = (radius: number, small: number): Point[] =>
    Array.from({ length: 10 }, (_, i) => {
      const r = i % 2 === 0 ? radius : small;
      const angle = -Math.PI / 2 + (i * Math.PI) / 5;
      return [0.5 + r * Math.cos(angle), 0.52 + r * Math.sin(angle)] as const;
    });
  return [
    { points: tips(0.4, inner), shade: 0 },
    { points: tips(0.22, inner * 0.55), shade: 0.14 },
  ];
};

const mug: Draw = (w) => {
  const top = 0.3 + w(0.05);
  const right = 0.64 + w(0.03);
  const handle = [
    ...ellipse(right, 0.55, 0.19, 0.16, -Math.PI / 2, Math.PI / 2),
    ...ellipse(right, 0.55, 0.12, 0.1, Math.PI / 2, -Math.PI / 2),
  ];
  return [
    { points: handle, shade: -0.1 },
    {
      points: [
        [0.22, top],
        [right + 0.02, top],
        [right - 0.02, 0.82],
        [0.27, 0.82],
      ],
      shade: 0,
    },
    { points: ellipse(0.43 + (right - 0.64) / 2, top, (right - 0.2) / 2, 0.06), shade: 0.16 },
    { points: ellipse(0.43 + (right - 0.64) / 2, top + 0.01, (right - 0.28) / 2, 0.04), shade: -0.3, hue: 0.06 },
    { points: rectangle(0.28, 0.5 + w(0.08), right - 0.33, 0.05), shade: 0.2 },
  ];
};

const boat: Draw = (w) => {
  const mast = 0.48 + w(0.05);
  return [
    {
      points: [
        [0.12, 0.68],
        [0.88, 0.68],
        [0.74, 0.85],
        [0.26, 0.85],
      ],
      shade: -0.18,
    },
    { points: rectangle(mast, 0.12, 0.022, 0.56), shade: -0.35 },
    {
      points: [
        [mast + 0.035, 0.14],
        [mast + 0.035, 0.62],
        [0.84 + w(0.04), 0.62],
      ],
      shade: 0.18,
      hue: 0.5,
    },
    {
      points: [
        [mast - 0.015, 0.22 + w(0.04)],
        [mast - 0.015, 0.62],
        [0.2 + w(0.04), 0.62],
      ],
      shade: 0.28,
      hue: 0.5,
    },
  ];
};

/** The six things of the demo, in class order. */
export const SHAPES: Readonly<Record<string, Draw>> = { leaf, fish, house, star, mug, boat };
