import type { ModelName } from '#core/chain/models.ts';
import { MODEL_PARAMETERS } from '#core/chain/models.ts';
import { argmaxRows, expectedCalibrationError } from '#core/math/probabilities.ts';
import type { Random } from '#core/math/random.ts';
import { confusionMatrix, wilsonInterval } from '#core/math/statistics.ts';
import type { RoundMetrics, RoundRole, RunConfig } from '#core/run/learning.ts';

/** A round to make. */
export interface Plan {
  index: number;
  role: RoundRole;
  model: ModelName;
  accuracy: number;
}

/** A vector whose top is the truth with this chance, surer when right than when wrong. */
export function guess(random: Random, truth: number, accuracy: number, classes: number) {
  const right = random.next() < accuracy;
  const top = right ? truth : (truth + 1 + random.below(Math.max(1, classes - 1))) % classes;
  const confidence =
    1 / classes + (1 - 1 / classes) * (right ? 1 - 0.6 * random.next() ** 1.6 : 0.15 + 0.6 * random.next());
  const rest = Array.from({ length: classes }, (_, index) => (index === top ? 0 : 0.05 + random.next()));
  const sum = rest.reduce((total, value) => total + value, 0);
  const probabilities = rest.map((value, index) =>
    index === top ? confidence : sum === 0 ? 0 : (value / sum) * (1 - confidence),
  );
  const classIndex = argmaxRows(probabilities, classes)[0] ?? top;
  return { probabilities, classIndex, confidence: probabilities[classIndex] ?? confidence };
}

export type Scored = { imageId: string } & ReturnType<typeof guess>;

/** The surest share of each class above the floor. */
export function selectTop(rows: Scored[], keep: number, floor: number, classes: number): Scored[] {
  return Array.from({ length: classes }, (_, index) => {
    const mine = rows.filter(({ classIndex }) => classIndex === index).sort((a, b) => b.confidence - a.confidence);
    return mine.slice(0, Math.round(mine.length * keep)).filter(({ confidence }) => confidence >= floor);
  }).flat();
}

export const place = (random: Random, truth: number, classes: number) => {
  const angle = (2 * Math.PI * truth) / classes;
  return { mapX: Math.cos(angle) * 3 + random.normal(), mapY: Math.sin(angle) * 3 + random.normal() };
};

export function measure(
  validation: readonly { id: string }[],
  truth: Map<string, number>,
  predicted: Map<string, Scored>,
  context: { classIds: string[]; accepted: Scored[]; labeled: number; model: ModelName },
): RoundMetrics {
  const { classIds, accepted } = context;
  const answers = validation.map(({ id }) => truth.get(id) ?? 0);
  const rows = validation.flatMap(({ id }) => predicted.get(id) ?? []);
  const right = rows.filter((row, index) => row.classIndex === answers[index]).length;
  const confusion = confusionMatrix(
    answers,
    rows.map(({ classIndex }) => classIndex),
    classIds.length,
  );
  const flat = rows.flatMap(({ probabilities }) => probabilities);
  return {
    labeled: context.labeled,
    pseudo: accepted.length,
    pseudoByClass: Object.fromEntries(
      classIds.map((id, index) => [id, accepted.filter(({ classIndex }) => classIndex === index).length]),
    ),
    valAccuracy: rows.length === 0 ? 0 : right / rows.length,
    valInterval: wilsonInterval(right, rows.length),
    valCount: rows.length,
    valLoss: 1.02,
    eceBefore: 0.12,
    eceAfter: expectedCalibrationError(flat, answers, classIds.length),
    temperature: 1.4,
    confusion,
    thresholds: Object.fromEntries(classIds.map((id) => [id, 0.6])),
    testAccuracy: null,
    testCount: null,
    testConfusion: null,
    parameters: MODEL_PARAMETERS[context.model],
    seconds: 290,
    imagesPerSecond: 410,
    steps: 600,
  };
}

export function curve(random: Random, step: Plan, config: RunConfig) {
  const steps = step.role === 'teacher' ? config.teacherSteps : config.steps;
  return Array.from({ length: 60 }, (_, index) => {
    const done = (index + 1) / 60;
    const noise = () => (random.next() - 0.5) * 0.08;
    return {
      step: Math.round(done * steps),
      lossLabeled: 2.1 * Math.exp(-2.4 * done) + 0.25 + noise(),
      lossPseudo: step.role === 'student' ? 1.8 * Math.exp(-1.6 * done) + 0.5 + noise() : null,
      learningRate:
        config.learningRate * (done < config.warmup ? done / config.warmup : (1 - done) / (1 - config.warmup)),
      imagesPerSecond: 400 + random.next() * 30,
      valAccuracy: index % 6 === 5 ? Math.max(0, step.accuracy * (1 - Math.exp(-4 * done)) + noise() / 3) : null,
    };
  });
}
