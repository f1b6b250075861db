import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { ProjectSettings } from '#core/project/project.ts';
import type { Db } from '../client.ts';
import { annotation, image, reviewItem } from '../schema/index.ts';
import { execute, truth } from '../execute.ts';

/**
 * Somebody who must answer before others' answers and the model's can lead them: everybody but leads. Where null may
 * stand, it is a lead, who sees all.
 */
export interface Blind {
  memberId: string;
  guess: ProjectSettings['guess'];
}

/** An image as a query names it: `i`, or the table itself. */
type ImageRow = SQL | typeof image;

/** Has this member decided on the image? */
const decided = (blind: Blind, i: ImageRow, standing: SQL): SQL => sql`exists (
  select 1 from ${annotation} o where o.image_id = ${i}.id and o.member_id = ${blind.memberId} and o.kind = 'decide'
    and ${standing})`;

/** ACCESS-10, the one place: a check image, or one that more answers are asked of, which the member has not decided. */
export const answersUnseen = (blind: Blind | null, i: ImageRow): SQL =>
  blind === null
    ? sql`false`
    : sql`((${i}.gold_class_id is not null or ${i}.consensus_state in ('partial', 'disputed'))
      and not ${decided(blind, i, sql`true`)})`;

/**
 * REVIEW-6, the one place: what models say of an image stays unseen while a review item asks about it, and until the
 * member's own answer stands, or people have settled an image that is no check; for good where the project shows it
 * never.
 */
export function guessUnseen(blind: Blind | null, i: ImageRow): SQL {
  if (blind === null) return sql`false`;
  if (blind.guess === 'never') return sql`true`;
  const standing = sql`not exists (select 1 from ${annotation} u where u.undoes_id = o.id)`;
  return sql`(exists (select 1 from ${reviewItem} w where w.image_id = ${i}.id and w.status = 'open')
    or ((${i}.gold_class_id is not null or ${i}.consensus_state not in ('agreed', 'adjudicated'))
      and not ${decided(blind, i, standing)}))`;
}

/** Is what models say of this image unseen by the member? An image that is not there is. */
export async function isGuessUnseen(
  db: Db,
  params: { projectId: string; imageId: string; blind: Blind | null },
): Promise<boolean> {
  const rows = await execute(
    db,
    sql`
    select ${guessUnseen(params.blind, sql`i`)} as unseen from ${image} i where i.id = ${params.imageId}
      and i.project_id = ${params.projectId}`,
    { unseen: truth },
  );
  return rows[0]?.unseen ?? true;
}
