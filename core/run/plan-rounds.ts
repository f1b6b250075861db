import { chainOf } from './chain-of.ts';
import type { RoundKind } from '../chain/chain-link.ts';
import type { ModelName } from '../chain/models.ts';
import type { RoundRole, RunConfig } from './learning.ts';

/**
 * What a round learns from: people's answers, a teacher's pseudo-labels beside them, or a teacher's answers on the very
 * same view.
 */
export type LearnsFrom = 'people' | 'pseudo-labels' | 'teacher';

export interface PlannedRound {
  index: number;
  role: RoundRole;
  /** Which of several teachers, 0 first. */
  member: number;
  kind: RoundKind;
  learnsFrom: LearnsFrom;
  model: ModelName | 'backbone-head';
  backboneId: string | null;
  /** Side of the square that images are scaled to, px; what is distilled looks at its teacher's side instead. */
  side: number;
  tunedShare: number;
  seed: number;
  steps: number;
  /**
   * Dropout and stochastic depth as the run sets them. Not in distillation, whose student must be able to follow its
   * teacher (Beyer et al. 2022).
   */
  modelNoise: boolean;
}

/** Far from the 1000 a round, so that no two trainings of a run share a seed. */
const SEEDS_BETWEEN_TEACHERS = 101;

/**
 * The rounds that a run will have, in order: the teachers, the students, a distilled export model; each that learns
 * from another one's answers is followed by its control arm, the same way of learning and steps on human labels only.
 */
export function planRounds(config: RunConfig): PlannedRound[] {
  const chain = chainOf(config);
  const planOf = ({ kind, model, backboneId, side, tunedShare }: (typeof chain)[number]) => ({
    kind,
    model: model ?? ('backbone-head' as const),
    backboneId,
    side,
    tunedShare,
  });
  const teachers = chain
    .filter(({ role }) => role === 'teacher')
    .flatMap((link) => Array.from({ length: link.members }, () => link))
    .map((link, member): PlannedRound => ({
      ...planOf(link),
      index: 0,
      role: 'teacher',
      member,
      learnsFrom: 'people',
      seed: config.seed + SEEDS_BETWEEN_TEACHERS * member,
      steps: config.teacherSteps,
      modelNoise: true,
    }));
  const rounds = chain
    .filter(({ role }) => role !== 'teacher')
    .flatMap((link, position): PlannedRound[] => {
      const learner: PlannedRound = {
        ...planOf(link),
        index: position + 1,
        role: link.role,
        member: 0,
        learnsFrom: link.role === 'student' ? 'pseudo-labels' : 'teacher',
        seed: config.seed + 1000 * (position + 1),
        steps: config.steps,
        modelNoise: link.role !== 'distilled',
      };
      return config.control ? [learner, { ...learner, role: 'control', learnsFrom: 'people' }] : [learner];
    });
  return [...teachers, ...rounds];
}

/** How the weights of a stored round come to be, and on which backbone it stands. */
export function originOf(
  config: RunConfig,
  round: Pick<PlannedRound, 'index' | 'role' | 'member'>,
): Pick<PlannedRound, 'kind' | 'backboneId' | 'side'> {
  const plan = planRounds(config).find(
    ({ index, role, member }) => index === round.index && role === round.role && member === round.member,
  );
  return { kind: plan?.kind ?? 'scratch', backboneId: plan?.backboneId ?? null, side: plan?.side ?? config.inputSize };
}

/** Share of each class to keep in a student round; the last one given holds for all rounds after it. */
export const keepShareOf = (config: RunConfig, index: number): number =>
  config.keepShare[index - 1] ?? config.keepShare.at(-1) ?? 0.4;

/** The batch that the rates of a run's settings are for. */
export const RATE_BATCH = 128;

/** A rate at `RATE_BATCH` images, scaled linearly to a batch (Goyal et al. 2017): what its curve peaks at. */
export const rateForBatch = (rate: number, rows: number): number => (rate * rows) / RATE_BATCH;

/**
 * The peaks of the learning rate in a run's rounds, by the batch that each learns in. On a backbone what learns from
 * people's answers alone keeps a batch of labels.
 */
export function peakRates(config: RunConfig): { of: 'scratch' | 'head'; rows: number; rate: number }[] {
  const both = config.batchLabeled + config.batchPseudo;
  const chain = chainOf(config);
  const peak = (of: 'scratch' | 'head', rate: number, rows: number) => ({ of, rows, rate: rateForBatch(rate, rows) });
  return [
    ...(chain.some(({ kind }) => kind === 'scratch') ? [peak('scratch', config.learningRate, both)] : []),
    ...(chain.some(({ kind }) => kind !== 'scratch')
      ? [...new Set([config.batchLabeled, both])].map((rows) => peak('head', config.headLearningRate, rows))
      : []),
  ];
}
