import { countSplits } from '#db/queries/image/split.ts';
import { quantile } from '#core/math/statistics.ts';
import { recommendRun } from '#core/recommend/recommend.ts';
import type { Recommendation } from '#core/recommend/recommend.ts';
import { rateOfS, TRAIN_RATE_UNKNOWN } from '#core/run/run-time.ts';
import { chooseSide } from '#core/image/embedding-side.ts';
import type { Db } from '#db/client.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import { findTrainRate, listEmbedRates, listLiveEvidence, listRoundRates } from '#db/queries/run/evidence.ts';
import { listBackbones } from '#db/queries/run/backbone.ts';
import { findTrial, isTrialQueued } from '#db/queries/run/trial.ts';
import { readReadiness } from './start-run.ts';

export interface ReadSpeeds {
  /** Images a second at which model S trains at 32 px, and where that is known from. */
  trainRate: number;
  source: 'rounds' | 'trainer' | 'guess';
  /** Images a second that a backbone embeds, and at which side, px. */
  embedRates: ReadonlyMap<string, { rate: number; side: number }>;
}

/** How fast runs of an organization go: told by its finished rounds, before those by its fastest trainer. */
export async function readSpeeds(db: Db, organizationId: string): Promise<ReadSpeeds> {
  const [rounds, rate, embedRates] = await Promise.all([
    listRoundRates(db, organizationId),
    findTrainRate(db),
    listEmbedRates(db, organizationId),
  ]);
  if (rounds.length > 0) return { trainRate: quantile(rounds.map(rateOfS), 0.5), source: 'rounds', embedRates };
  return { trainRate: rate ?? TRAIN_RATE_UNKNOWN, source: rate === null ? 'guess' : 'trainer', embedRates };
}

/**
 * The chain that fits this project by what is known of it: images, labels, backbones, and what was measured. `trying`:
 * nets from scratch are being tried in the background, and it may change.
 */
export async function readRecommendation(
  db: Db,
  project: { id: string; organizationId: string },
): Promise<Recommendation & { trying: boolean }> {
  const [{ classes, unlabeled }, splits, images, backbones, evidence, speeds, trial, trying] = await Promise.all([
    readReadiness(db, project.id),
    countSplits(db, project.id),
    describeImages(db, project.id),
    listBackbones(db, project.organizationId),
    listLiveEvidence(db, project.id),
    readSpeeds(db, project.organizationId),
    findTrial(db, project.id),
    isTrialQueued(db, project.id),
  ]);
  const recommendation = recommendRun({
    labeled: classes.reduce((sum, { pool }) => sum + pool, 0),
    unlabeled,
    heldOut: splits.validation + splits.test,
    classes: classes.length,
    photoSide: images.side,
    gray: images.gray,
    backbones: backbones.map(({ id, name, inputSize }) => {
      const known = evidence.find(({ backboneId }) => backboneId === id);
      const pool = known?.figures.pool ?? null;
      const side = known?.side ?? chooseSide(inputSize, images.shorter);
      const paced = speeds.embedRates.get(id);
      return {
        id,
        name,
        side,
        rate: paced ? paced.rate * (paced.side / side) ** 2 : null,
        expected: pool && { accuracy: pool.value, interval: [pool.low, pool.high], count: known?.labels ?? 0 },
      };
    }),
    trial: trial?.figures ?? null,
    trainRate: speeds.trainRate,
  });
  return { ...recommendation, trying };
}
