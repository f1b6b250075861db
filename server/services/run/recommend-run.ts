import { recommendRun } from '#core/chain/recommend.ts';
import type { Recommendation } from '#core/chain/recommend.ts';
import { chooseSide } from '#core/image/embedding-side.ts';
import type { Db } from '#db/client.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import { findTrainRate, listLiveEvidence } from '#db/queries/run/evidence.ts';
import { listBackbones } from '#db/queries/run/backbone.ts';
import { readReadiness } from './start-run.ts';

/** Images/s of model S on the wasm engine with two cores: what to expect before any trainer has told its own rate. */
const RATE_UNKNOWN = 250;

/** The chain that fits this project by what is known of it: images, labels, backbones, and what was measured. */
export async function readRecommendation(
  db: Db,
  project: { id: string; organizationId: string },
): Promise<Recommendation> {
  const [{ classes, unlabeled }, images, backbones, evidence, rate] = await Promise.all([
    readReadiness(db, project.id),
    describeImages(db, project.id),
    listBackbones(db, project.organizationId),
    listLiveEvidence(db, project.id),
    findTrainRate(db),
  ]);
  return recommendRun({
    labeled: classes.reduce((sum, { pool }) => sum + pool, 0),
    unlabeled,
    classes: classes.length,
    photoSide: images.side,
    gray: images.gray,
    backbones: backbones.map(({ id, name, inputSize }) => {
      const known = evidence.find(({ backboneId }) => backboneId === id);
      const pool = known?.figures.pool ?? null;
      return {
        id,
        name,
        side: known?.side ?? chooseSide(inputSize, images.shorter),
        rate: null,
        embedded: known ? images.pool : 0,
        expected: pool && { accuracy: pool.value, interval: [pool.low, pool.high], count: known?.labels ?? 0 },
      };
    }),
    scratch: null,
    trainRate: rate ?? RATE_UNKNOWN,
  });
}
