import { can } from '#core/people/access.ts';
import type { Blind } from '#db/queries/blind.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';

/**
 * From whom answers are kept that would lead them: colleagues' and check answers (ACCESS-10), and the model's
 * (REVIEW-6). Null for leads.
 */
export const blindOf = (actor: Actor, project: typeof projectTable.$inferSelect): Blind | null =>
  can(actor.role, 'annotation:adjudicate') ? null : { memberId: actor.memberId, guess: project.settings.guess };
