/** How long a run takes: before it starts from an engine's rate, while it works from its own pace. */
import { WITNESS } from './learning.ts';
import type { ModelName } from '../chain/models.ts';
import type { RoundRole, RunConfig } from './learning.ts';
import { planRounds } from './plan-rounds.ts';
import type { PlannedRound } from './plan-rounds.ts';
import type { RoundStage } from './run.ts';

/**
 * Seconds of training for one image against model S, from rates measured side by side on one CPU (PyTorch: XS 1,580, S
 * 740, M 470, ResNet-8 530 images/s).
 */
const COST: Record<ModelName, number> = {
  xs: 0.47,
  s: 1,
  m: 1.6,
  l: 4.5,
  resnet8: 1.4,
  resnet14: 2.6,
  resnet20: 3.8,
  resnet38: 7.4,
  'wrn16-2': 9,
};

/**
 * What a round asks for, in images that S is trained on at 32×32. Cost grows with the area of the image; an answer is
 * about a third of a training step on an image; a noisy student's round trains the witness beside it.
 */
function costOf(config: RunConfig, plan: PlannedRound, poolImages: number): number {
  const batch = config.batchLabeled + config.batchPseudo;
  const own =
    (plan.steps * batch + poolImages / 3) * COST[plan.model === 'backbone-head' ? config.teacher : plan.model];
  const witness =
    plan.learnsFrom === 'pseudo-labels' ? Math.min(plan.steps, WITNESS.steps) * batch * COST[WITNESS.model] : 0;
  return (own + witness) * (plan.side / 32) ** 2;
}

/** Seconds that a run asks for, from the rate at which an engine trains model S (images/s at 32×32). */
export const estimateSeconds = (config: RunConfig, options: { rate: number; poolImages: number }): number =>
  planRounds(config).reduce((sum, plan) => sum + costOf(config, plan, options.poolImages), 0) / options.rate;

interface TimedRound {
  index: number;
  role: RoundRole;
  member: number;
  stage: RoundStage;
  startedAt: Date | null;
  metrics: { seconds: number } | null;
}

/**
 * Seconds that a working run still takes if all its rounds come: the finished ones tell its pace, on whatever engine
 * and beside whatever else runs there. Null before the first is finished. A round's time holds that of its control arm.
 * @param now ms
 */
export function estimateSecondsLeft(
  config: RunConfig,
  rounds: readonly TimedRound[],
  options: { poolImages: number; now: number },
): number | null {
  const plans = planRounds(config);
  const work = plans
    .filter(({ role }) => role !== 'control')
    .map((plan) => {
      const arms = plans.filter(
        ({ index, role, member }) =>
          index === plan.index && (role === 'control' || (role === plan.role && member === plan.member)),
      );
      const round =
        rounds.find(
          ({ index, role, member }) => index === plan.index && role === plan.role && member === plan.member,
        ) ?? null;
      return { round, cost: arms.reduce((sum, arm) => sum + costOf(config, arm, options.poolImages), 0) };
    });
  const finished = work.filter(({ round }) => round?.stage === 'done' && round.metrics);
  const seconds = finished.reduce((sum, { round }) => sum + (round?.metrics?.seconds ?? 0), 0);
  if (seconds === 0) return null;
  const pace = finished.reduce((sum, { cost }) => sum + cost, 0) / seconds;
  return work.reduce((left, { round, cost }) => {
    if (round?.stage === 'done') return left;
    const spent = round?.startedAt ? (options.now - round.startedAt.getTime()) / 1000 : 0;
    return left + Math.max(0, cost / pace - spent);
  }, 0);
}

/**
 * Seconds of a round's own work; null before it is measured. What is stored with a finished round holds its control
 * arm's, which has a row of its own wherever times are shown.
 * @param rounds those of its run
 */
export function ownSeconds(
  round: Omit<TimedRound, 'startedAt'>,
  rounds: readonly Omit<TimedRound, 'startedAt'>[],
): number | null {
  if (!round.metrics || round.role === 'control' || round.stage !== 'done') return round.metrics?.seconds ?? null;
  const control = rounds.find(({ index, role }) => role === 'control' && index === round.index);
  return Math.max(0, round.metrics.seconds - (control?.metrics?.seconds ?? 0));
}
