import { must } from '#core/must.ts';
import { planRounds } from '#core/run/plan-rounds.ts';
import { finalRound } from '#core/run/run.ts';
import type { RoundPlace } from '#core/run/run.ts';
import { sayRound } from '#core/book/said-names.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { toStored } from '#core/text/stored.ts';
import type { Stored } from '#core/text/stored.ts';
import { refillReview } from '#db/queries/review/refill-review.ts';
import { leaveRun } from '#db/queries/run/run-claim.ts';
import { listRoundStates, setRound } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { findServingRound, requestServingFile } from '#db/queries/serving/serving.ts';
import { listAnsweredImages } from '#db/queries/round/training-image.ts';
import { whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { decodeModelFile } from '../model/model-file.ts';
import { progressOf, watchRound } from '../hold/progress.ts';
import { measureTest } from '../round/score-round.ts';
import { openRounds } from '../round/train-round.ts';

const keyOf = ({ index, role, member }: RoundPlace): string => `${index} ${role} ${member}`;

/**
 * Ends a run: every stored round is measured on the test split, once, now that nothing is decided any more, and the
 * final model is named: the newest round that stands accepted. One look at each image, as the exported model takes;
 * where a round left its backbone as it was, from the features that are kept.
 * @param ending why no further student was trained; null when the plan was carried out
 */
export async function finishRun(context: RunContext, ending: Said | null): Promise<void> {
  const rounds = (await listRoundStates(context.db, context.run.id)).filter(({ stage }) => stage === 'done');
  const images = await listAnsweredImages(context.db, {
    projectId: context.run.projectId,
    runId: context.run.id,
    split: 'test',
    classIds: context.run.classIds,
  });
  const planOf = new Map(planRounds(context.config).map((plan) => [keyOf(plan), plan]));
  for (const round of rounds) {
    if (!round.metrics || round.metrics.testCount !== null) continue;
    const progress = progressOf(context, round.id);
    const watched = watchRound(context, progress);
    const plan = must(planOf, keyOf(round), 'plan of round');
    const model = await (await openRounds(watched, plan))(decodeModelFile(await loadFinal(context, round.id)), 'one');
    try {
      const test = await measureTest(watched, model, images, progress);
      await whileHeld(context, (tx) =>
        setRound(tx, round.id, { metrics: { ...(round.metrics as NonNullable<RoundState['metrics']>), ...test } }),
      );
    } finally {
      await model.close();
    }
  }
  await whileHeld(context, async (tx) => {
    if (context.config.reviewPerRound > 0)
      await refillReview(tx, {
        projectId: context.run.projectId,
        runId: context.run.id,
        limit: context.config.reviewPerRound,
      });
    await leaveRun(tx, context.hold, {
      command: 'finish',
      told: describeEnd(await listRoundStates(tx, context.run.id), ending),
    });
    // Made beforehand: whoever asks it first does not wait for its file.
    const served = await findServingRound(tx, context.run.projectId);
    if (served) await requestServingFile(tx, { projectId: context.run.projectId, roundId: served.roundId });
  });
}

/** The sentences that a finished run carries. */
export function describeEnd(rounds: readonly RoundState[], ending: Said | null): Stored {
  const final = finalRound(rounds);
  if (!final) return toStored(ending ?? say('learning.end.finished'));
  const name = sayRound(final);
  const round = final.model === 'backbone-head' ? name : say('learning.end.net', { round: name, model: final.model });
  const { testAccuracy, testCount } = final.metrics ?? {};
  const told =
    typeof testAccuracy === 'number'
      ? say('learning.end.finalTest', { round, share: `${(testAccuracy * 100).toFixed(1)}%`, count: testCount ?? 0 })
      : say('learning.end.final', { round });
  return ending ? toStored(ending, told) : toStored(told);
}
