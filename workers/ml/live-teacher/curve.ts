import { createRandom } from '#core/math/random.ts';
import { quantile, type Interval } from '#core/math/statistics.ts';

/** How right the teacher was with some of the labels about the others, image by image. */
export interface CurveSample {
  /** Labels it was trained on. */
  labels: number;
  /** Position of each held answer, and 1 where the teacher was right. */
  held: readonly number[];
  right: readonly number[];
}

export interface CurvePoint {
  labels: number;
  /** 0..1 */
  accuracy: number;
}

/** Accuracy by number of labels: measured, and where it is heading. */
export interface LearningCurve {
  /** Measured, fewest labels first. */
  points: CurvePoint[];
  /** With all labels that there are: the fitted curve, with its 95% interval. */
  now: { labels: number; accuracy: number; interval: Interval };
  /** With {@link MORE_LABELS} more. */
  next: { labels: number; accuracy: number; interval: Interval };
  /** What those bring, next − now, with its 95% interval. */
  gain: { accuracy: number; interval: Interval };
}

/** How far ahead the question "have I labeled enough?" looks. */
export const MORE_LABELS = 50;
const RESAMPLES = 200;

/**
 * Error falls as a power of the number of labels (Hestness et al. 2017): log error = a − b·log labels, by least squares
 * weighted with what each point rests on. The interval is the percentile bootstrap over labeled images: each resample
 * draws images with replacement, and an image brings its answers at every size with it.
 * @param samples several of one size count as one point
 * @param labels how many there are now
 * @returns null with fewer than two sizes
 */
export function fitCurve(samples: readonly CurveSample[], labels: number, seed: number): LearningCurve | null {
  const sizes = [...new Set(samples.map((sample) => sample.labels))].sort((a, b) => a - b);
  if (sizes.length < 2) return null;
  const count = 1 + samples.reduce((top, { held }) => held.reduce((most, i) => Math.max(most, i), top), 0);
  // By size: how often each image was held out, and how often it was right then.
  const tallies = sizes.map((size) => {
    const tally = { labels: size, asked: new Float64Array(count), right: new Float64Array(count) };
    for (const sample of samples.filter((one) => one.labels === size)) {
      sample.held.forEach((image, i) => {
        tally.asked[image] = (tally.asked[image] as number) + 1;
        tally.right[image] = (tally.right[image] as number) + (sample.right[i] as number);
      });
    }
    return tally;
  });
  const measure = (times: Float64Array) =>
    tallies.map((tally) => {
      let [asked, right] = [0, 0];
      for (let i = 0; i < count; i += 1) {
        asked += (times[i] as number) * (tally.asked[i] as number);
        right += (times[i] as number) * (tally.right[i] as number);
      }
      return { labels: tally.labels, asked, right };
    });
  const once = measure(new Float64Array(count).fill(1));
  const fitted = fitPower(once);
  const random = createRandom(seed).fork('curve');
  const draws = Array.from({ length: RESAMPLES }, () => {
    const times = new Float64Array(count);
    for (let i = 0; i < count; i += 1) {
      const image = random.below(count);
      times[image] = (times[image] as number) + 1;
    }
    const power = fitPower(measure(times));
    return { now: power(labels), next: power(labels + MORE_LABELS) };
  });
  const interval = (values: number[]): Interval => [quantile(values, 0.025), quantile(values, 0.975)];
  const [now, next] = [fitted(labels), fitted(labels + MORE_LABELS)];
  return {
    points: once.map(({ labels: size, asked, right }) => ({ labels: size, accuracy: asked > 0 ? right / asked : 0 })),
    now: { labels, accuracy: now, interval: interval(draws.map((draw) => draw.now)) },
    next: { labels: labels + MORE_LABELS, accuracy: next, interval: interval(draws.map((draw) => draw.next)) },
    gain: { accuracy: next - now, interval: interval(draws.map((draw) => draw.next - draw.now)) },
  };
}

/** Accuracy by labels, 1 − a·labels^(−b) with b ≥ 0: more labels never promise less. */
function fitPower(points: readonly { labels: number; asked: number; right: number }[]): (labels: number) => number {
  let [weight, meanX, meanY] = [0, 0, 0];
  const logs = points
    .filter(({ asked }) => asked > 0)
    .map(({ labels, asked, right }) => {
      // Half an error is added, so that a faultless point has a logarithm.
      const wrong = asked - right + 0.5;
      const one = { x: Math.log(labels), y: Math.log(wrong / (asked + 1)), w: Math.max(0.5, wrong) };
      weight += one.w;
      meanX += one.w * one.x;
      meanY += one.w * one.y;
      return one;
    });
  meanX /= weight;
  meanY /= weight;
  let [xx, xy] = [0, 0];
  for (const { x, y, w } of logs) {
    xx += w * (x - meanX) ** 2;
    xy += w * (x - meanX) * (y - meanY);
  }
  const slope = xx > 0 ? Math.min(0, xy / xx) : 0;
  return (labels) => 1 - Math.min(1, Math.exp(meanY + slope * (Math.log(labels) - meanX)));
}
