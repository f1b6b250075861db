import { can } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { SavedView } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { countViews, deleteView, insertView } from '#db/queries/image/gallery-view.ts';
import type { Actor } from '../../context.ts';

/** More would be no list that somebody reads. */
const VIEWS_MOST = 100;

/** @throws AppError CONFLICT where the name is taken, TOO_LARGE where the project has very many */
export function saveView(
  db: Db,
  actor: Actor,
  input: { projectId: string; name: string; view: SavedView },
): Promise<{ id: string }> {
  const { projectId } = input;
  return db.transaction(async (tx) => {
    if ((await countViews(tx, projectId)) >= VIEWS_MOST)
      throw new AppError('TOO_LARGE', say('refusal.manyViews', { count: VIEWS_MOST }));
    const id = await insertView(tx, { ...input, memberId: actor.memberId });
    if (id === null) throw new AppError('CONFLICT', say('refusal.viewTaken'));
    await notify(tx, { name: 'images:changed', projectId });
    return { id };
  });
}

/** One's own; a lead removes anybody's. */
export async function removeView(db: Db, actor: Actor, input: { projectId: string; viewId: string }): Promise<void> {
  const memberId = can(actor.role, 'image:change') ? null : actor.memberId;
  if (!(await deleteView(db, { ...input, memberId }))) throw notFound('view');
  await notify(db, { name: 'images:changed', projectId: input.projectId });
}
