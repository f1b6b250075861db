import type { Outputs } from '../../../../_lib/api.ts';
import { formatFraction, formatPercent, formatRate } from '../../../../_lib/format.ts';

export type Curve = Outputs['run']['curves'][number];

interface Measure {
  title: string;
  /** Of the axis, with its unit. */
  yTitle: string;
  read: (curve: Curve['curve']) => readonly (number | null)[];
  format: (value: number) => string;
  /** May be shown from 0 to 100%. */
  share: boolean;
}

/** What is measured along training. */
export const MEASURES = {
  accuracy: {
    title: 'Validation accuracy while training',
    yTitle: 'Validation accuracy, %',
    read: (curve) => curve.valAccuracy,
    format: (value) => formatPercent(value),
    share: true,
  },
  labeled: {
    title: 'Loss on human labels',
    yTitle: 'Cross-entropy, nats',
    read: (curve) => curve.lossLabeled,
    format: (value) => formatFraction(value),
    share: false,
  },
  pseudo: {
    title: 'Loss on pseudo-labels',
    yTitle: 'Cross-entropy, nats',
    read: (curve) => curve.lossPseudo,
    format: (value) => formatFraction(value),
    share: false,
  },
  rate: {
    title: 'Learning rate',
    yTitle: 'Learning rate',
    read: (curve) => curve.learningRate,
    format: (value) => formatFraction(value, 4),
    share: false,
  },
  speed: {
    title: 'Speed',
    yTitle: 'Images/s',
    read: (curve) => curve.imagesPerSecond,
    format: (value) => (value === 0 ? '0' : formatRate(value)),
    share: false,
  },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];
