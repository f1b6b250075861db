import { SUSPECT_LABELS_A_CLASS, WITNESS } from '#core/run/learning.ts';
import { standsOnBackbone } from '#core/chain/chain-link.ts';
import { must } from '#core/must.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { softmax } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import { listPseudoLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { runTraining, train } from '#ml/index.ts';
import { crossFit } from '#ml/selection/cross-fit.ts';
import { answerAll } from '../model/answer-shards.ts';
import type { RunContext } from '../hold/context.ts';
import { loadBackbone } from '../model/load-backbone.ts';
import { openPredictor } from '../model/predictor.ts';
import { prepareTraining } from './prepare-training.ts';
import type { Progress } from '../hold/progress.ts';

const FOLDS = 5;
/** Away from the seeds of a run's rounds, 1000 apart, and of its teachers, 101 apart. */
const SEED_OF_WITNESS = 517;

export interface UnseenAnswers {
  /** [n, classCount] */
  probabilities: Float32Array;
  /** By class: whether enough was learned of it to doubt a label of it. */
  knows: boolean[];
}

/**
 * Probabilities of labeled images by something that none of these labels taught. A net repeats the labels that it
 * learned, wrong ones too, and its embeddings stand where those labels put them: heads on them find nothing
 * (docs/decisions/0025). So imported weights answer by heads out of fold on their own features, from before any
 * training here; a student's round by a small net, the witness, that learned from the round's pseudo-labels alone. Null
 * where neither is there.
 */
export async function answerUnseen(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  labeled: readonly (TrainingImage & { classIndex: number })[],
  progress: Progress,
): Promise<UnseenAnswers | null> {
  const { classIds } = context.run;
  if (standsOnBackbone(plan)) {
    const backbone = await loadBackbone(context, plan);
    // It may have learned the very labels that this run has.
    if (backbone.isEarlierRound) return null;
    const points = await context.features.load(backbone, labeled, { signal: context.signal });
    const options = { folds: FOLDS, random: createRandom(round.seed).fork('suspects') };
    return {
      probabilities: crossFit(
        points,
        labeled.map(({ classIndex }) => classIndex),
        classIds.length,
        options,
      ),
      knows: classIds.map(() => true),
    };
  }
  const pseudo = plan.learnsFrom === 'pseudo-labels' ? await listPseudoLabels(context.db, round.id) : [];
  const knows = classIds.map(
    (_, own) => pseudo.filter(({ classIndex }) => classIndex === own).length >= SUSPECT_LABELS_A_CLASS,
  );
  if (knows.filter(Boolean).length < 2) return null;
  const labels = pseudo.map(({ imageId, classIndex }) => ({ imageId, classId: must(classIds, classIndex, 'class') }));
  const witness: PlannedRound = {
    ...plan,
    model: WITNESS.model,
    kind: 'scratch',
    learnsFrom: 'people',
    steps: Math.min(plan.steps, WITNESS.steps),
    seed: plan.seed + SEED_OF_WITNESS,
  };
  const prepared = await prepareTraining(context, witness, round, { labels, pseudo: [] });
  try {
    const training = train({
      engine: context.engine,
      ...prepared.options,
      steps: witness.steps,
      seed: witness.seed,
      signal: context.signal,
    });
    const { weights } = await runTraining(training, (event) => {
      if (event.type === 'step') progress.report('doubting', event.step, witness.steps);
    });
    const model = await openPredictor(context, prepared.finish(weights));
    try {
      return { probabilities: softmax(await answerAll(context, model, labeled, 'logits'), classIds.length), knows };
    } finally {
      await model.close();
    }
  } finally {
    await prepared.close();
  }
}
