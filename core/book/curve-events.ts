/** A round's curve and figures as events in time: what tools of other makers are handed. */
import type { ScalarEvent } from './event-file.ts';

export interface RoundCurve {
  startedAt: Date | null;
  endedAt: Date | null;
  valAccuracy: number | null;
  valInterval: readonly [number, number] | null;
  testAccuracy: number | null;
  curve: {
    step: number[];
    lossLabeled: number[];
    lossPseudo: (number | null)[];
    learningRate: number[];
    imagesPerSecond: number[];
    valAccuracy: (number | null)[];
  };
}

/**
 * Without their own times, points lie evenly between the start and the end of their round; the round's final figures
 * stand under its last step.
 * @param created when its run was made, for a round that tells no start
 */
export function curveEvents(
  { curve, startedAt, endedAt, valAccuracy, valInterval, testAccuracy }: RoundCurve,
  created: Date,
): { from: number; events: ScalarEvent[] } {
  const from = (startedAt ?? created).getTime() / 1000;
  const last = curve.step.at(-1) ?? 0;
  const span = Math.max(0, (endedAt?.getTime() ?? from * 1000) / 1000 - from);
  const given = (values: Record<string, number | null | undefined>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(values).flatMap(([tag, value]) => (typeof value === 'number' ? [[tag, value]] : [])),
    );
  const events = curve.step.map((step, at): ScalarEvent => ({
    step,
    seconds: from + (last > 0 ? (span * step) / last : 0),
    values: given({
      'loss/labeled': curve.lossLabeled[at],
      'loss/pseudo': curve.lossPseudo[at],
      learning_rate: curve.learningRate[at],
      images_per_second: curve.imagesPerSecond[at],
      'validation/accuracy_while_training': curve.valAccuracy[at],
    }),
  }));
  const final = given({
    'validation/accuracy': valAccuracy,
    'validation/accuracy_low': valInterval?.[0],
    'validation/accuracy_high': valInterval?.[1],
    'test/accuracy': testAccuracy,
  });
  if (Object.keys(final).length > 0) events.push({ step: last, seconds: from + span, values: final });
  return { from, events };
}
