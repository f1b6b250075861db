import type { ClassSet } from '#core/labeling/class-set.ts';
import { transactAndAnnounce } from '#db/notify.ts';
import type { AnnotationSource } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';
import { recordDecisions } from './record-decisions.ts';
import { retryOnRace } from './retry-on-race.ts';

export interface GroupDecision {
  id: string;
  imageId: string;
  classIds: ClassSet;
}

/** One stroke over many images, all or none: a lead's bulk action in the gallery, or an adjudication. */
export const decideTogether = (
  { pool }: Pick<Services, 'pool'>,
  actor: Actor,
  projectId: string,
  source: AnnotationSource,
  decisions: readonly GroupDecision[],
  reason: string | null = null,
) =>
  retryOnRace(() =>
    transactAndAnnounce(pool, async (announced) => {
      const recorded = await recordDecisions(
        announced,
        actor,
        projectId,
        source,
        decisions.map((item) => ({
          ...item,
          kind: 'decide' as const,
          token: null,
          reviewItemId: null,
          guessShown: false,
          reason,
          durationMs: null,
        })),
      );
      return { decided: recorded.filter((item) => !item.repeated).length };
    }),
  );
