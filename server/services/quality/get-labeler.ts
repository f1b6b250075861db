import { can } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { findProjectMember } from '#db/queries/people/member.ts';

/** A member who may label: images given to anybody else would wait for ever. */
export async function getLabeler(db: Db, params: { projectId: string; memberId: string }) {
  const found = await findProjectMember(db, params);
  if (!found) throw notFound('member');
  if (!can(found.role, 'annotation:submit'))
    throw new AppError('BAD_INPUT', say('refusal.cannotLabel', { name: found.name, role: found.role }));
  return found;
}
