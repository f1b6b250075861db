import type { RoundMetrics } from '#core/run/learning.ts';
import { roundBefore } from '#core/round/order.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { notify } from '#db/notify.ts';
import { deleteEmbeddingsExcept } from '#db/queries/image/embedding.ts';
import { insertPredictions } from '#db/queries/round/prediction.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import {
  ensureRound,
  getRoundState,
  listPseudoLabels,
  listRoundLabels,
  listRoundStates,
  setRound,
  setVerdict,
} from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import { createAsker } from './ask-people.ts';
import { askSuspects } from './ask-suspects.ts';
import { beginControl, beginRound } from './begin-round.ts';
import { chooseTargets } from './choose-targets.ts';
import { whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';
import { judgeRound } from './judge-round.ts';
import type { Predictor } from '../model/predictor.ts';
import { progressOf, watchRound } from '../hold/progress.ts';
import { evaluateRound, scorePool } from './score-round.ts';
import { standingTeacher, teamOf } from './standing.ts';
import { sortCells } from './sort-cells.ts';
import { listLiveAnswers } from './teach-features.ts';
import { trainRound } from './train-round.ts';

/**
 * Brings one round to its end: freeze, train, evaluate, score the pool and ask people meanwhile, control arm, judge.
 * Each step is skipped when its result is stored.
 */
export async function workRound(
  outer: RunContext,
  plan: PlannedRound,
  options: { control: PlannedRound | null; asksPeople: boolean },
): Promise<RoundState> {
  const states = await listRoundStates(outer.db, outer.run.id);
  const standing = standingTeacher(states, plan.index);
  const made = await whileHeld(outer, (tx) => ensureRound(tx, rowOf(outer, plan, standing)));
  if (made.stage === 'done') return made;
  const round = made.startedAt
    ? made
    : await begin(outer, plan, made, { teacher: standing, team: teamOf(states, plan.index) });
  // Frozen when the round began: whoever was rolled back while the run was paused has taught it all the same.
  const teacher = states.find(({ id }) => id === round.teacherRoundId) ?? null;
  const progress = progressOf(outer, round.id);
  const context = watchRound(outer, progress);
  const { model, speed } = await trainRound(context, plan, round, progress);
  let metrics: RoundMetrics;
  try {
    metrics = round.metrics ?? (await evaluate(context, round, model, speed));
    await setStage(context, round.id, 'doubting');
    const asked = await askSuspects(context, plan, round, { asks: options.asksPeople, progress });
    await setStage(context, round.id, 'predicting');
    const onShard = options.asksPeople
      ? await createAsker(context, round, roundBefore(states, round), context.config.reviewPerRound - asked)
      : () => Promise.resolve();
    await scorePool(context, round, model, {
      temperature: metrics.temperature,
      progress,
      keepsEmbeddings: true,
      known: await listLiveAnswers(context, plan, round),
      onShard,
    });
    await sortCells(context, round.id);
  } finally {
    await model.close();
  }
  const control = options.control ? await workControl(context, options.control, round) : null;
  await setStage(context, round.id, 'judging');
  const judged = teacher
    ? await judgeRound(context, round, { teacher, control })
    : { verdict: null, reason: null, standings: null, poolAgreement: null };
  await whileHeld(context, async (tx) => {
    // Similar images are found by the newest round that stands: the one until now is kept, in case this one is rolled
    // back.
    const before = await findMapRound(tx, { projectId: context.run.projectId });
    await deleteEmbeddingsExcept(tx, {
      projectId: context.run.projectId,
      roundIds: [round.id, ...(before ? [before.id] : [])],
    });
    await setVerdict(tx, round.id, judged);
    await setRound(tx, round.id, {
      stage: 'done',
      endedAt: new Date(context.now()),
      metrics: { ...metrics, seconds: secondsSince(context, round) },
      ...(judged.poolAgreement === null
        ? {}
        : { selection: { ...round.selection, poolAgreement: judged.poolAgreement } }),
    });
    await notify(tx, {
      name: 'round:ended',
      projectId: context.run.projectId,
      runId: context.run.id,
      roundId: round.id,
    });
  });
  await orderQueue(context.db, context.run.projectId);
  return getRoundState(context.db, round.id);
}

async function begin(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  { teacher, team }: { teacher: RoundState | null; team: RoundState[] },
): Promise<RoundState> {
  // A round made while the run waited may have got another teacher since: a person's decision counts until the round
  // begins.
  await whileHeld(context, (tx) => setRound(tx, round.id, { teacherRoundId: teacher?.id ?? null, stage: 'selecting' }));
  const targets =
    plan.learnsFrom === 'pseudo-labels' && teacher ? await chooseTargets(context, plan, teacher, team) : null;
  return beginRound(context, round, targets);
}

/**
 * The control arm: the same architecture and steps on the same human answers only. Judged by nobody, compared by all.
 */
async function workControl(context: RunContext, plan: PlannedRound, counterpart: RoundState): Promise<RoundState> {
  const made = await whileHeld(context, (tx) => ensureRound(tx, rowOf(context, plan, null)));
  if (made.stage === 'done') return made;
  await setStage(context, counterpart.id, 'control');
  const control = await beginControl(context, made, counterpart, await listRoundLabels(context.db, counterpart.id));
  const progress = progressOf(context, control.id);
  const { model, speed } = await trainRound(watchRound(context, progress), plan, control, progress);
  try {
    const metrics = control.metrics ?? (await evaluate(context, control, model, speed));
    // Its answers on the pool teach nobody; they show people where pseudo-labels moved the pool.
    await scorePool(context, control, model, {
      temperature: metrics.temperature,
      progress,
      keepsEmbeddings: false,
      onShard: () => Promise.resolve(),
    });
    await whileHeld(context, async (tx) => {
      await setRound(tx, control.id, {
        stage: 'done',
        endedAt: new Date(context.now()),
        metrics: { ...metrics, seconds: secondsSince(context, control) },
      });
      await notify(tx, {
        name: 'round:ended',
        projectId: context.run.projectId,
        runId: context.run.id,
        roundId: control.id,
      });
    });
    return control;
  } finally {
    await model.close();
  }
}

async function evaluate(
  context: RunContext,
  round: RoundState,
  model: Predictor,
  speed: { steps: number; imagesPerSecond: number },
): Promise<RoundMetrics> {
  await setStage(context, round.id, 'evaluating');
  const { figures, rows } = await evaluateRound(context, model);
  const pseudo = await listPseudoLabels(context.db, round.id);
  const thresholds = round.selection?.['thresholds'];
  const metrics: RoundMetrics = {
    ...figures,
    ...speed,
    labeled: round.labeledCount,
    pseudo: pseudo.length,
    pseudoByClass: Object.fromEntries(
      context.run.classIds.map((id, index) => [id, pseudo.filter(({ classIndex }) => classIndex === index).length]),
    ),
    thresholds: typeof thresholds === 'object' && thresholds !== null ? (thresholds as Record<string, number>) : {},
    testAccuracy: null,
    testCount: null,
    testConfusion: null,
    parameters: model.parameters,
    seconds: secondsSince(context, round),
  };
  await whileHeld(context, async (tx) => {
    await insertPredictions(tx, round.id, rows, context.run.classIds.length);
    await setRound(tx, round.id, { metrics });
  });
  return metrics;
}

const rowOf = (context: RunContext, plan: PlannedRound, teacher: RoundState | null) => ({
  runId: context.run.id,
  index: plan.index,
  role: plan.role,
  member: plan.member,
  model: plan.model,
  seed: plan.seed,
  teacherRoundId: teacher?.id ?? null,
});

const secondsSince = (context: RunContext, round: RoundState): number =>
  (context.now() - (round.startedAt?.getTime() ?? context.now())) / 1000;

const setStage = (context: RunContext, roundId: string, stage: RoundState['stage']): Promise<void> =>
  whileHeld(context, async (tx) => {
    await setRound(tx, roundId, { stage });
    // Some stages have no progress to announce: pages learn of them by this.
    await notify(tx, {
      name: 'run:changed',
      projectId: context.run.projectId,
      runId: context.run.id,
      status: 'training',
    });
  });
