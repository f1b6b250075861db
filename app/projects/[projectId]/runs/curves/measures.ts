import type { Outputs } from '../../../../_lib/api.ts';
import type { Format } from '#core/text/format.ts';

export type Curve = Outputs['run']['curves'][number];

interface Measure {
  read: (curve: Curve['curve']) => readonly (number | null)[];
  format: (format: Format, value: number) => string;
  /** May be shown from 0 to 100%. */
  share: boolean;
}

/** What is measured along training; its words are `runcurves.measure.` and `runcurves.axis.` with its name. */
export const MEASURES = {
  accuracy: {
    read: (curve) => curve.valAccuracy,
    format: (format, value) => format.percent(value),
    share: true,
  },
  labeled: {
    read: (curve) => curve.lossLabeled,
    format: (format, value) => format.fraction(value),
    share: false,
  },
  pseudo: {
    read: (curve) => curve.lossPseudo,
    format: (format, value) => format.fraction(value),
    share: false,
  },
  rate: {
    read: (curve) => curve.learningRate,
    format: (format, value) => format.fraction(value, 4),
    share: false,
  },
  speed: {
    read: (curve) => curve.imagesPerSecond,
    format: (format, value) => (value === 0 ? '0' : format.rate(value)),
    share: false,
  },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];
