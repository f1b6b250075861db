import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { backboneKey } from '#core/image/media.ts';
import { roundName } from '#core/run/run.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getAdoptable, insertBackbone } from '#db/queries/run/backbone.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Takes the weights of a round of any project of the organization as a backbone. They are copied, so that the backbone
 * outlives the project that it comes from; the same round again is the same backbone.
 */
export async function adoptRound(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  input: { projectId: string; fromRoundId: string },
): Promise<{ backboneId: string }> {
  const round = await getAdoptable(services.db, {
    roundId: input.fromRoundId,
    organizationId: actor.organizationId,
    memberId: actor.memberId,
  });
  const bytes = await services.blobs.get(round.blobKey);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== round.sha256) throw new AppError('BAD_INPUT', say('refusal.roundWeights'));
  const blobKey = backboneKey(sha256);
  await services.blobs.put(blobKey, bytes);
  const name = `${round.projectName}, run ${round.runNumber}, ${roundName(round).toLowerCase()}`;
  return services.db.transaction(async (tx) => {
    const backboneId = await insertBackbone(tx, {
      organizationId: actor.organizationId,
      name,
      blobKey,
      sha256,
      bytes: bytes.length,
      inputSize: round.inputSize,
      kind: 'round',
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'backbone:imported',
      subject: name,
      detail: { sha256, bytes: bytes.length },
    });
    return { backboneId };
  });
}
