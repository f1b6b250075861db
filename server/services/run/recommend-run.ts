import { countSplits } from '#db/queries/image/split.ts';
import { quantile } from '#core/math/statistics.ts';
import { recommendRun } from '#core/recommend/recommend.ts';
import type { Recommendation } from '#core/recommend/recommend.ts';
import { featuresKey, rateOfS, TRAIN_RATE_UNKNOWN } from '#core/run/run-time.ts';
import { chooseSide } from '#core/image/embedding-side.ts';
import type { Db } from '#db/client.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import {
  findTrainRate,
  listEmbedRates,
  listHeldFeatures,
  listLiveEvidence,
  listRoundRates,
} from '#db/queries/run/evidence.ts';
import { listBackbones } from '#db/queries/run/backbone.ts';
import { findTrial, isTrialQueued } from '#db/queries/run/trial.ts';
import { readReadiness } from './start-run.ts';

export interface ReadSpeeds {
  /** Images a second at which model S trains at 32 px, and where that is known from. */
  trainRate: number;
  source: 'rounds' | 'trainer' | 'guess';
  /** Images a second that a backbone embeds, and at which side, px. */
  embedRates: ReadonlyMap<string, { rate: number; side: number }>;
  /** Images of the project whose features are kept, by `featuresKey`. */
  held: ReadonlyMap<string, number>;
}

/**
 * How fast runs of a project go: told by its organization's finished rounds, before those by the fastest trainer; and
 * what need not be done again.
 */
export async function readSpeeds(db: Db, project: { id: string; organizationId: string }): Promise<ReadSpeeds> {
  const [rounds, rate, embedRates, features] = await Promise.all([
    listRoundRates(db, project.organizationId),
    findTrainRate(db),
    listEmbedRates(db, project.organizationId),
    listHeldFeatures(db, project.id),
  ]);
  const held = new Map(features.map(({ backboneId, side, images }) => [featuresKey(backboneId, side), images]));
  if (rounds.length > 0) return { trainRate: quantile(rounds.map(rateOfS), 0.5), source: 'rounds', embedRates, held };
  return { trainRate: rate ?? TRAIN_RATE_UNKNOWN, source: rate === null ? 'guess' : 'trainer', embedRates, held };
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
    readSpeeds(db, project),
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
    held: speeds.held,
  });
  return { ...recommendation, trying };
}
