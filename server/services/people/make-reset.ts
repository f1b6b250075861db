import { mayRun } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { findMember, listMemberships } from '#db/queries/people/member.ts';
import { replaceReset } from '#db/queries/people/password-reset.ts';
import { getLetterTo } from '#db/queries/people/user.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Actor, Services } from '../../context.ts';
import type { Addressee } from './mail-reset.ts';

const LASTS_MS = 24 * 3_600_000;

/**
 * Makes a one-time link by which a member chooses a new password; an older one of theirs ends. Its token is shown once.
 * A password opens all that its person belongs to, so whoever resets it must have that say in each organization.
 * @throws AppError FORBIDDEN for a member who is not theirs to run, here or elsewhere
 */
export async function makeReset(
  services: Pick<Services, 'db'>,
  actor: Actor,
  memberId: string,
): Promise<{ path: string; expiresAt: Date; person: Addressee }> {
  const token = makeToken();
  const expiresAt = new Date(Date.now() + LASTS_MS);
  const person = await services.db.transaction(async (tx) => {
    const { organizationId } = actor;
    const target = await findMember(tx, { organizationId, memberId });
    if (!target) throw notFound('member');
    if (!mayRun(actor.role, target.role)) throw new AppError('FORBIDDEN', say('refusal.leadsReset'));
    const [theirs, own] = [await listMemberships(tx, target.userId), await listMemberships(tx, actor.userId)];
    const runs = (at: { organizationId: string; role: Actor['role'] }) =>
      own.some((mine) => mine.organizationId === at.organizationId && mayRun(mine.role, at.role));
    if (!theirs.every(runs)) throw new AppError('FORBIDDEN', say('refusal.notAlone', { name: target.name }));
    await replaceReset(tx, {
      userId: target.userId,
      tokenHash: hashToken(token),
      createdBy: actor.memberId,
      expiresAt,
    });
    await recordActivity(tx, {
      organizationId,
      memberId: actor.memberId,
      action: 'password:reset-link-made',
      subject: target.name,
    });
    return { name: target.name, ...(await getLetterTo(tx, target.userId)) };
  });
  return { path: `/reset/${token}`, expiresAt, person };
}
