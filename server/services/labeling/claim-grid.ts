import type { z } from 'zod';
import { can } from '#core/people/access.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { RoundPlace } from '#core/run/run.ts';
import type { claimGrid as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { listLabelImages } from '#db/queries/labeling/label-image.ts';
import { claimThese, countHeldByOthers } from '#db/queries/labeling/lease.ts';
import { listOpenOf, listPredicted, listSimilar } from '#db/queries/image/similar.ts';
import { findSpeaker } from '#db/queries/labeling/live-teacher.ts';
import type { Speaker } from '#db/queries/labeling/live-teacher.ts';
import { findEmbeddingSource } from '#db/queries/round/map-round.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { findHiddenGuesses } from './guess.ts';
import { claimImages, findClaimStop } from './claim-images.ts';
import type { ClaimEnd } from './claim-images.ts';
import { LEASE_SECONDS } from './lease-time.ts';
import { retryOnRace } from './retry-on-race.ts';

type Project = typeof projectTable.$inferSelect;

/** Candidates are read unlocked and claimed after: some may go to colleagues in between. */
const SPARE = 2;

/** Who took the images for a class, as pages name it. */
const aboutSpeaker = (speaker: Speaker) =>
  speaker.kind === 'live'
    ? ({ kind: 'live', labels: speaker.labels } as const)
    : ({ kind: 'round', round: placeOf(speaker.round), runNumber: speaker.round.runNumber } as const);
const placeOf = ({ index, role, member }: RoundPlace): RoundPlace => ({ index, role, member });

/**
 * Leases a grid of open images: those that the newest round or the live teacher takes for one class (surest
 * first), those most like one image, the next in the queue, or those that a lead picked. `round` says who chose;
 * null for the queue, and while no model has learned. A grid of one class tells the model's answer before anybody
 * gives one: those who are no leads get it only where the settings have that, without the hidden share.
 */
export async function claimGrid({ db }: { db: Db }, actor: Actor, project: Project, input: z.infer<typeof schema>) {
  const { by, count } = input;
  if (by.kind === 'queue') return { ...(await claimImages({ db }, actor, project, count)), round: null };
  const mayBrowse = can(actor.role, 'prediction:browse');
  if (by.kind === 'class' && !mayBrowse && project.settings.guess !== 'before') {
    throw new AppError('FORBIDDEN', say('error.guessAfter'));
  }
  if (by.kind === 'images' && !mayBrowse) throw new AppError('FORBIDDEN', say('error.pickLeads'));
  const stop = await findClaimStop(db, actor, project);
  const speaker = by.kind === 'class' ? await findSpeaker(db, project.id) : null;
  const source = await findEmbeddingSource(db, { projectId: project.id });
  const isNeeded = by.kind === 'images' || (by.kind === 'class' ? speaker !== null : source !== null);
  if (stop || !isNeeded) return { images: [], end: stop ?? ({ reason: 'done' } satisfies ClaimEnd), round: null };
  const who = { projectId: project.id, memberId: actor.memberId };
  const about = speaker && aboutSpeaker(speaker);
  const candidates =
    by.kind === 'class' && speaker
      ? await listPredicted(db, {
          ...who,
          source: speaker.kind === 'live' ? { projectId: project.id } : { roundId: speaker.round.id },
          classIndex: speaker.classIds.indexOf(by.classId),
          limit: count * SPARE,
        })
      : by.kind === 'similar' && source
        ? await listSimilar(db, {
            projectId: project.id,
            source,
            imageId: by.imageId,
            openOnly: true,
            limit: count * SPARE,
            blind: null,
          })
        : by.kind === 'images'
          ? await listOpenOf(db, {
              projectId: project.id,
              imageIds: by.imageIds,
              memberId: who.memberId,
              limit: count * SPARE,
            })
          : [];
  const hidden =
    by.kind === 'class' && !mayBrowse
      ? await findHiddenGuesses(
          db,
          project,
          candidates.map((row) => row.imageId),
        )
      : new Set<string>();
  const chosen = candidates.filter((row) => !hidden.has(row.imageId)).slice(0, count);
  const claimed = await retryOnRace(() =>
    claimThese(db, { ...who, imageIds: chosen.map((row) => row.imageId), seconds: LEASE_SECONDS }),
  );
  const tokenOf = new Map(claimed.map((row) => [row.imageId, row.token]));
  const images = await listLabelImages(
    db,
    project.id,
    chosen.flatMap(({ imageId }) => {
      const token = tokenOf.get(imageId);
      return token === undefined ? [] : [{ imageId, token }];
    }),
  );
  if (images.length > 0) return { images, end: null, round: about };
  const others = await countHeldByOthers(db, who);
  return {
    images,
    end: (others > 0 ? { reason: 'held', count: others } : { reason: 'done' }) satisfies ClaimEnd,
    round: about,
  };
}
