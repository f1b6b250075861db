import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Actor } from '../../context.ts';

/**
 * The member who asks, unless what they send was made by another one: a tab, or what it left unsent, outlives the
 * person who sat before it. Not a refusal for good: the outbox keeps the answers for their author. @throws AppError
 * UNAUTHORIZED
 */
export function checkAuthor(actor: Actor, memberId: string | undefined): Actor {
  if (memberId === undefined || memberId === actor.memberId) return actor;
  throw new AppError('UNAUTHORIZED', say('error.otherAuthor'));
}
