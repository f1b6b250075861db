import type { Db } from '#db/client.ts';
import { listHistory } from '#db/queries/labeling/annotation.ts';
import { findAside, listTagsOf } from '#db/queries/image/aside.ts';
import { getImage } from '#db/queries/image/image.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

/** An image with everything that was ever said about it, as far as the asking member may see it by now. */
export async function readImage(db: Db, actor: Actor, project: typeof projectTable.$inferSelect, imageId: string) {
  const [row, history, aside, tags] = await Promise.all([
    getImage(db, project.id, imageId),
    listHistory(db, { projectId: project.id, imageId }),
    findAside(db, imageId),
    listTagsOf(db, imageId),
  ]);
  const image = { ...row, split: aside?.split ?? row.split, aside, tags };
  const blind = blindOf(actor, project);
  if (blind === null) return { image, history };
  const isAsked =
    image.goldClassId !== null || image.consensusState === 'partial' || image.consensusState === 'disputed';
  const own = history.filter(({ memberId }) => memberId === blind.memberId);
  // What the queue goes by is nobody's to see: priority tells how sure the model is, and an image in one's hand that
  // is counted nowhere as held, or stands out of the queue's order, is a check.
  const shown = { ...image, goldClassId: null, priority: 0, shuffle: 0, leaseCount: 0, need: 0, extraWanted: 0 };
  if (!isAsked || own.some(({ kind }) => kind === 'decide')) return { image: shown, history };
  return {
    image: {
      ...shown,
      consensusState: 'none' as const,
      consensusClassIds: null,
      consensusClassId: null,
      answerCount: 0,
    },
    history: own,
  };
}
