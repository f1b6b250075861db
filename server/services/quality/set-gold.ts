import { transactAndAnnounce } from '#db/notify.ts';
import { setGoldClass } from '#db/queries/labeling/gold.ts';
import type { Actor, Services } from '../../context.ts';
import { recordDecisions } from '../labeling/record-decisions.ts';

/**
 * Makes an image a gold item: the lead's answer decides it and is what others are checked against. Null makes it an
 * ordinary image again.
 */
export async function setGold(
  { pool }: Pick<Services, 'pool'>,
  actor: Actor,
  projectId: string,
  input: { id: string; imageId: string; classId: string | null },
): Promise<void> {
  await transactAndAnnounce(pool, async (announced) => {
    if (input.classId) {
      await recordDecisions(announced, actor, projectId, 'adjudicate', [
        {
          id: input.id,
          imageId: input.imageId,
          kind: 'decide',
          classIds: [input.classId],
          token: null,
          reviewItemId: null,
          guessShown: false,
          reason: 'gold',
          durationMs: null,
        },
      ]);
    }
    await setGoldClass(announced.tx, { projectId, imageId: input.imageId, classId: input.classId });
    announced.announce([{ name: 'project:changed', projectId }]);
  });
}
