import type { ModelName, RoundRole, RunConfig } from './learning.ts';
import { teacherCount } from './run-config.ts';

/** How the weights of a round come to be. */
export type Recipe = 'scratch' | 'frozen' | 'fine-tune' | 'noisy' | 'distill';

export interface PlannedRound {
  index: number;
  role: RoundRole;
  /** Which of several teachers, 0 first. */
  member: number;
  recipe: Recipe;
  model: ModelName | 'backbone-head';
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
 * The rounds that a run will have, in order: the teachers, noisy students, a distilled export model; each that learns
 * from another one's answers is followed by its control arm, the same architecture and steps on human labels only.
 */
export function planRounds(config: RunConfig): PlannedRound[] {
  const transfers =
    config.method === 'frozen' ||
    config.method === 'fine-tune' ||
    (config.method === 'distill' && config.backboneId !== null);
  const teacher: PlannedRound = {
    index: 0,
    role: 'teacher',
    member: 0,
    seed: config.seed,
    steps: config.teacherSteps,
    modelNoise: true,
    recipe: !transfers ? 'scratch' : config.method === 'frozen' ? 'frozen' : 'fine-tune',
    model: transfers ? 'backbone-head' : config.teacher,
  };
  const teachers = Array.from({ length: teacherCount(config) }, (_, member) => ({
    ...teacher,
    member,
    seed: config.seed + SEEDS_BETWEEN_TEACHERS * member,
  }));
  const learners: { role: RoundRole; recipe: Recipe; model: ModelName }[] =
    config.method === 'distill' ? [] : config.students.map((model) => ({ role: 'student', recipe: 'noisy', model }));
  if (config.exportModel) learners.push({ role: 'distilled', recipe: 'distill', model: config.exportModel });
  const rounds = learners.flatMap(({ role, recipe, model }, position): PlannedRound[] => {
    const shared = {
      index: position + 1,
      member: 0,
      model,
      seed: config.seed + 1000 * (position + 1),
      steps: config.steps,
      modelNoise: recipe !== 'distill',
    };
    const learner: PlannedRound = { ...shared, role, recipe };
    return config.control ? [learner, { ...shared, role: 'control', recipe: 'scratch' }] : [learner];
  });
  return [...teachers, ...rounds];
}

/** Share of each class to keep in a student round; the last one given holds for all rounds after it. */
export const keepShareOf = (config: RunConfig, index: number): number =>
  config.keepShare[index - 1] ?? config.keepShare.at(-1) ?? 0.4;
