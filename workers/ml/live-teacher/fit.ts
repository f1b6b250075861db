import { argmaxRows, expectedCalibrationError, negativeLogLikelihood, softmax } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import { wilsonInterval, type Interval } from '#core/math/statistics.ts';
import type { Points } from '../selection/k-means.ts';
import { findSuspects, type Suspect } from '../selection/suspects.ts';
import { fitTemperatureWithBelief } from './calibrate.ts';
import { chooseDecay, classPrior, deal, holdOut, sumReached, usualDecay } from './cross-validate.ts';
import { placedProbabilities, type Answers, type Folds, type OutOfFold, type Places } from './cross-validate.ts';
import { fitCurve, type CurveSample, type LearningCurve } from './curve.ts';
import { CHOOSE_LABELS, MIXES, mixLogits, usualMix, type Mix } from './mix.ts';
import { placePoints, placeRows, type PreparedTeacher } from './prepare.ts';
import { fitProbe, oneHot, probeLogits, type Probe } from './probe.ts';
import { reachedProbabilities } from './propagate.ts';

export interface FitOptions {
  seed?: number;
  /** Answers of validation images, on which temperature and accuracy are then measured too. */
  validation?: { points: Points; classes: readonly number[] };
}

/** What the live teacher knows. */
export interface LiveTeacher {
  classes: number;
  probe: Probe;
  /** What reaches each node of the graph, [nodes, classes]. */
  reached: Float32Array;
  prior: number[];
  mix: Mix;
  decay: number;
  temperature: number;
  /**
   * Accuracy by cross-validation: each answer judged by a teacher that saw four fifths of the others. Wilson's interval
   * over answers. Null when no class has two answers. Where people were asked about doubtful images first these are
   * harder than the pool, so the pool is answered better than this says.
   */
  expected: { accuracy: number; interval: Interval; labels: number } | null;
  /** On validation, never learned from; null without. */
  validation: { accuracy: number; interval: Interval; count: number; calibrationError: number } | null;
  /** Expected calibration error of the held-out answers, after the temperature. */
  calibrationError: number | null;
  curve: LearningCurve | null;
  /** What it says, calibrated, of answers that it did not see: [rows, classes]; `rows` are the images'. */
  outOfFold: { rows: number[]; probabilities: Float32Array };
  /** Answers that the teacher, not knowing them, would have given otherwise; `row` is the image's. */
  suspects: Suspect[];
}

/** Answers a class below which cross-validation says more of chance than of the penalty. */
const DECAY_LABELS = 10;

/**
 * Learns from these answers: probe, propagation, their mix, temperature, and what to expect. A second or so for 10,000
 * images; the same answers in any order give the same teacher.
 *
 *   const prepared = prepareTeacher([features]);                                     // once a pool
 *   const teacher = fitTeacher(prepared, { rows: [3, 8], classes: [0, 1], classCount: 2 });
 *   const probabilities = answerPool(prepared, teacher);                             // [count, classes], calibrated
 *   const next = orderNext(prepared, teacher, { open, labeled: [3, 8], count: 60 });
 */
export function fitTeacher(prepared: PreparedTeacher, given: Answers, options: FitOptions = {}): LiveTeacher {
  const answers = sortAnswers(given);
  const { classCount: classes } = answers;
  const random = createRandom(options.seed ?? 1).fork('live-teacher');
  const points = prepared.read(answers.rows);
  const places = placeRows(prepared, answers.rows);
  // From here on an answer is known by its position.
  const own: Answers = { ...answers, rows: answers.rows.map((_, i) => i) };
  const folds = deal(prepared.graph, places, own, random);
  const labelsPerClass = own.rows.length / Math.max(1, new Set(own.classes).size);
  const decay = labelsPerClass >= DECAY_LABELS ? chooseDecay(points, own, folds) : usualDecay(labelsPerClass);
  const input = { points, places, answers: own, folds };
  const held = holdOutEach(input, decay);
  const truth = held.held.map((i) => own.classes[i] as number);
  const usual = usualMix(labelsPerClass);
  const mix = labelsPerClass >= CHOOSE_LABELS ? chooseMix(held, truth, classes, usual) : usual;
  const logits = mixLogits(held.probe, held.propagated, classes, mix);
  const probe = fitProbe({ points, rows: own.rows, targets: oneHot(own.classes, classes), classes }, decay);
  const reached = sumReached(folds, () => true) ?? new Float32Array(0);
  const prior = classPrior(own);
  const unmeasured = { classes, probe, reached, prior, mix, decay, temperature: 1 };
  const shown = options.validation;
  const seen = shown && shown.classes.length > 0 ? logitsOfPoints(prepared, unmeasured, shown.points) : null;
  const evidence = seen && shown ? joinEvidence(logits, truth, seen, shown.classes) : { logits, truth };
  const temperature = fitTemperatureWithBelief(evidence.logits, evidence.truth, classes);
  const calibrated = softmax(logits, classes, temperature);
  return {
    ...unmeasured,
    temperature,
    expected: measureAccuracy(calibrated, truth, classes),
    validation: seen && shown ? measureValidation(softmax(seen, classes, temperature), shown.classes, classes) : null,
    outOfFold: { rows: held.held.map((at) => answers.rows[at] as number), probabilities: calibrated },
    calibrationError: truth.length > 0 ? expectedCalibrationError(calibrated, truth, classes) : null,
    curve: fitCurve(sampleCurve(input, decay, mix, held, calibrated), own.rows.length, options.seed ?? 1),
    suspects: findSuspects(calibrated, truth, classes).map((suspect) => ({
      ...suspect,
      row: answers.rows[held.held[suspect.row] as number] as number,
    })),
  };
}

/** By image, so that neither folds nor sums depend on the order in which people answered. */
function sortAnswers({ rows, classes, classCount }: Answers): Answers {
  const order = rows.map((_, i) => i).sort((a, b) => (rows[a] as number) - (rows[b] as number));
  return {
    rows: order.map((i) => rows[i] as number),
    classes: order.map((i) => classes[i] as number),
    classCount,
  };
}

type Input = { points: Points; places: Places; answers: Answers; folds: Folds };

/** Every answer, judged by teachers that did not see its fold; those whose class no other answer has are left out. */
function holdOutEach(input: Input, decay: number): OutOfFold {
  const { classCount, classes } = input.answers;
  const counts = Array.from({ length: classCount }, () => 0);
  for (const classIndex of classes) counts[classIndex] = (counts[classIndex] ?? 0) + 1;
  const parts: OutOfFold[] = [];
  let start: Probe | null = null;
  for (let fold = 0; fold < input.folds.count && input.folds.count > 1; fold += 1) {
    const part = holdOut(input, (one) => one !== fold, decay, start);
    start = part.fitted;
    parts.push(part);
  }
  const all = joinParts(parts, classCount);
  return keepRows(all, classCount, (i) => (counts[classes[all.held[i] as number] as number] as number) > 1);
}

function joinParts(parts: readonly OutOfFold[], classes: number): OutOfFold {
  const held = parts.flatMap((part) => part.held);
  const whole = {
    held,
    probe: new Float32Array(held.length * classes),
    propagated: new Float32Array(held.length * classes),
  };
  let at = 0;
  for (const part of parts) {
    whole.probe.set(part.probe, at);
    if (part.propagated) whole.propagated.set(part.propagated, at);
    at += part.probe.length;
  }
  return parts.some((part) => part.propagated) ? whole : { ...whole, propagated: null };
}

function keepRows(all: OutOfFold, classes: number, keeps: (i: number) => boolean): OutOfFold {
  const kept = all.held.map((_, i) => i).filter(keeps);
  const take = (values: Float32Array): Float32Array => {
    const out = new Float32Array(kept.length * classes);
    kept.forEach((from, to) => out.set(values.subarray(from * classes, (from + 1) * classes), to * classes));
    return out;
  };
  return {
    held: kept.map((i) => all.held[i] as number),
    probe: take(all.probe),
    propagated: all.propagated && take(all.propagated),
  };
}

/** The mix that finds held-out answers likeliest, each at its best temperature; the usual one unless clearly beaten. */
function chooseMix(held: OutOfFold, truth: readonly number[], classes: number, usual: Mix): Mix {
  const lossOf = (mix: Mix): number => {
    const logits = mixLogits(held.probe, held.propagated, classes, mix);
    const temperature = fitTemperatureWithBelief(logits, truth, classes);
    return negativeLogLikelihood(softmax(logits, classes, temperature), truth, classes);
  };
  let best = usual;
  let least = lossOf(usual) - 1e-3;
  for (const mix of MIXES) {
    const loss = lossOf(mix);
    if (loss < least) [best, least] = [mix, loss];
  }
  return best;
}

function joinEvidence(a: Float32Array, truthOfA: readonly number[], b: Float32Array, truthOfB: readonly number[]) {
  const logits = new Float32Array(a.length + b.length);
  logits.set(a);
  logits.set(b, a.length);
  return { logits, truth: [...truthOfA, ...truthOfB] };
}

function countRight(probabilities: Float32Array, truth: readonly number[], classes: number): number {
  const answered = argmaxRows(probabilities, classes);
  return truth.reduce((sum, classIndex, i) => sum + (answered[i] === classIndex ? 1 : 0), 0);
}

function measureAccuracy(probabilities: Float32Array, truth: readonly number[], classes: number) {
  if (truth.length === 0) return null;
  const right = countRight(probabilities, truth, classes);
  return { accuracy: right / truth.length, interval: wilsonInterval(right, truth.length), labels: truth.length };
}

function measureValidation(probabilities: Float32Array, truth: readonly number[], classes: number) {
  const right = countRight(probabilities, truth, classes);
  return {
    accuracy: right / truth.length,
    interval: wilsonInterval(right, truth.length),
    count: truth.length,
    calibrationError: expectedCalibrationError(probabilities, truth, classes),
  };
}

/** Answers a class in the smallest part that still says something of the curve. */
const CURVE_LABELS = 2;

/**
 * Teachers of one, two, three folds, asked about the rest; of four is what was cross-validated. Every second choice of
 * neighbouring folds: the others share most of their labels.
 */
function sampleCurve(input: Input, decay: number, mix: Mix, held: OutOfFold, calibrated: Float32Array): CurveSample[] {
  const { answers, folds } = input;
  const { classCount: classes } = answers;
  const right = (positions: readonly number[], probabilities: ArrayLike<number>): number[] => {
    const answered = argmaxRows(probabilities, classes);
    return positions.map((position, i) => (answered[i] === answers.classes[position] ? 1 : 0));
  };
  const total = answers.rows.length;
  const present = new Set(answers.classes).size;
  const samples: CurveSample[] = [];
  // Neighbouring parts share most labels: each is a good start for the next.
  let start: Probe | null = null;
  for (let size = 1; size < folds.count - 1; size += 1) {
    const labels = Math.round((total * size) / folds.count);
    if (labels < CURVE_LABELS * present) continue;
    for (let first = 0; first < folds.count; first += 2) {
      const uses = (fold: number): boolean => (fold - first + folds.count) % folds.count < size;
      const part: OutOfFold & { fitted: Probe } = holdOut(input, uses, decay * (total / Math.max(1, labels)), start);
      start = part.fitted;
      const share = Math.min(mix.probe, usualMix(labels / present).probe);
      const logits = mixLogits(part.probe, part.propagated, classes, { ...mix, probe: mix.propagated > 0 ? share : 1 });
      samples.push({ labels, held: part.held, right: right(part.held, logits) });
    }
  }
  if (held.held.length > 0) {
    const labels = Math.round((total * (folds.count - 1)) / folds.count);
    samples.push({ labels, held: held.held, right: right(held.held, calibrated) });
  }
  return samples;
}

type Standing = Pick<LiveTeacher, 'classes' | 'probe' | 'reached' | 'prior' | 'mix'>;

/** Logits of images that are not of the pool. */
function logitsOfPoints(prepared: PreparedTeacher, teacher: Standing, points: Points): Float32Array {
  const propagated = placedProbabilities(teacher.reached, teacher.prior, placePoints(prepared, points));
  return mixLogits(probeLogits(teacher.probe, points), propagated, teacher.classes, teacher.mix);
}

/**
 * Calibrated answers about images that are not of the pool: validation, test, new ones.
 * @param points transformed by the pool's own transform
 * @returns [points, classes]
 */
export function answerPoints(prepared: PreparedTeacher, teacher: LiveTeacher, points: Points): Float32Array {
  return softmax(logitsOfPoints(prepared, teacher, points), teacher.classes, teacher.temperature);
}

/** Images read at once when a pool is larger than its graph. */
const CHUNK = 8192;
/** Nodes that the probe for the rest of a large pool learns from. */
const TAUGHT = 4000;

/**
 * Calibrated answers about the whole pool, [count, classes]. Of a pool larger than its graph the rest is answered by a
 * probe that learned the graph's own answers.
 */
export function answerPool(prepared: PreparedTeacher, teacher: LiveTeacher): Float32Array {
  const { classes, mix, temperature } = teacher;
  const propagated = reachedProbabilities(teacher.reached, teacher.prior);
  const logits = mixLogits(probeLogits(teacher.probe, prepared.nodes), propagated, classes, mix);
  const onNodes = softmax(logits, classes, temperature);
  if (prepared.nodeRows.length === prepared.count) return onNodes;
  const taught = Array.from({ length: Math.min(TAUGHT, prepared.nodes.count) }, (_, node) => node);
  const targets = onNodes.slice(0, taught.length * classes);
  const probe = fitProbe({ points: prepared.nodes, rows: taught, targets, classes }, 1e-4, teacher.probe);
  const out = new Float32Array(prepared.count * classes);
  for (let from = 0; from < prepared.count; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, prepared.count - from) }, (_, i) => from + i);
    out.set(softmax(probeLogits(probe, prepared.read(rows)), classes), from * classes);
  }
  prepared.nodeRows.forEach((row, node) => {
    out.set(onNodes.subarray(node * classes, (node + 1) * classes), row * classes);
  });
  return out;
}
