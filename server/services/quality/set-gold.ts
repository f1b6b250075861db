import { notify } from '#db/notify.ts';
import { setGoldClass } from '#db/queries/gold.ts';
import type { Actor, Services } from '../../context.ts';
import { recordDecisions } from '../labeling/record-decisions.ts';

/** Makes an image a gold item: the lead's answer decides it and is what others are checked against. Null makes it an ordinary image again. */
export async function setGold(services: Pick<Services, 'db'>, actor: Actor, projectId: string, input: { id: string; imageId: string; classId: string | null }): Promise<void> {
  await services.db.transaction(async (tx) => {
    if (input.classId) {
      await recordDecisions(tx, actor, projectId, 'adjudicate', [{
        id: input.id, imageId: input.imageId, kind: 'decide', classId: input.classId, token: null, reviewItemId: null, guessShown: false, reason: 'gold', durationMs: null,
      }]);
    }
    await setGoldClass(tx, { projectId, imageId: input.imageId, classId: input.classId });
    await notify(tx, { name: 'project:changed', projectId });
  });
}
