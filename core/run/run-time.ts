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

/** How fast a machine is, as far as it was measured. */
export interface Speeds {
  /** Images a second at which model S trains at 32×32. */
  trainRate: number;
  /** By backbone: images a second that it embeds, looked at on a square of `side` px. */
  embedRates: ReadonlyMap<string, { rate: number; side: number }>;
  /** By `featuresKey`: images whose features are kept already, and so are read instead of embedded. */
  held?: ReadonlyMap<string, number>;
}

/** What features of images depend on: the backbone, and the side at which it looks, px. */
export const featuresKey = (backboneId: string | null, side: number): string => `${backboneId ?? ''}@${side}`;

/** Images a second that a backbone embeds at 224 px before it was measured: the built-in one on two cores. */
const EMBED_RATE = { rate: 40, side: 224 };
/** What to expect of an engine before any trainer has told its own rate, images/s: wasm on two cores. */
export const TRAIN_RATE_UNKNOWN = 250;
/** A head on features of 10,000 images, s: graph, propagation, steps. */
const HEAD_SECONDS = 12;
/** A step of a head, s: most of it is the engine's own, whatever the batch. */
const HEAD_STEP_SECONDS = 0.02;
/** Before the first round and after the last one: process, engine, weights, writing the end down. */
const START_SECONDS = 6;
/** Features of so many views does a noisy head learn from. */
const VIEWS = 4;
/** Training a body on the engine, against embedding by another runtime: a pass forward takes so many times as long. */
const ENGINE_PASS = 2;

const UNMEASURED: Speeds = { trainRate: TRAIN_RATE_UNKNOWN, embedRates: new Map() };

/**
 * Seconds that a round asks for. From scratch cost grows with the area of the image; an answer is about a third of a
 * training step on an image; a noisy student's round trains the witness beside it. A head on a backbone embeds every
 * image once, a tuned body sees each batch forward and, as far as it learns, back.
 */
function costOf(
  config: RunConfig,
  plan: PlannedRound,
  { images: pool, heldOut = 0, speeds }: { images: number; heldOut?: number | undefined; speeds: Speeds },
): number {
  const images = pool + heldOut;
  const batch = config.batchLabeled + config.batchPseudo;
  const area = (plan.side / 32) ** 2;
  const witness =
    plan.learnsFrom === 'pseudo-labels'
      ? (Math.min(plan.steps, WITNESS.steps) * batch * COST[WITNESS.model] * area) / speeds.trainRate
      : 0;
  if (plan.model !== 'backbone-head')
    return ((plan.steps * batch + images / 3) * COST[plan.model] * area) / speeds.trainRate + witness;
  const known = speeds.embedRates.get(plan.backboneId ?? '') ?? EMBED_RATE;
  const pass = (plan.side / known.side) ** 2 / known.rate;
  const held = speeds.held?.get(featuresKey(plan.backboneId ?? null, plan.side)) ?? 0;
  const embedding = Math.max(0, images - held) * pass;
  const head = HEAD_SECONDS * Math.max(0.1, pool / 10_000) + plan.steps * HEAD_STEP_SECONDS;
  switch (plan.kind) {
    case 'noisy-head':
      // Its control arm finds the views where they are kept.
      return (plan.role === 'control' ? 0 : embedding + (VIEWS - 1) * images * pass) + head + witness;
    case 'fine-tuned':
      return ENGINE_PASS * (plan.steps * batch * (1 + 2 * plan.tunedShare) + images) * pass + head + witness;
    case 'live':
    case 'frozen':
    case 'scratch':
      return embedding + head;
  }
}

/**
 * Seconds from the start of a run to its end, from the speeds that were measured: what is held out is looked at too,
 * and a process has to start.
 * @param options `images` of the pool, `heldOut` for validation and test
 */
export const estimateSeconds = (
  config: RunConfig,
  options: { images: number; heldOut?: number; speeds: Speeds },
): number => planRounds(config).reduce((sum, plan) => sum + costOf(config, plan, options), START_SECONDS);

/** The cost of model S at 32×32 that a net's own rate stands for: what its finished round tells of the engine. */
export const rateOfS = ({ model, side, rate }: { model: ModelName; side: number; rate: number }): number =>
  rate * COST[model] * (side / 32) ** 2;

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
  options: { poolImages: number; now: number; speeds?: Speeds },
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
      return {
        round,
        cost: arms.reduce(
          (sum, arm) => sum + costOf(config, arm, { images: options.poolImages, speeds: options.speeds ?? UNMEASURED }),
          0,
        ),
      };
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
