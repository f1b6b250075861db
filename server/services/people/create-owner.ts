import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { findSetupLink, upsertMember, takeSetupLink } from '#db/queries/people/member.ts';
import { adoptOrganization } from '#db/queries/people/organization.ts';
import { hashPassword } from '../../auth/password.ts';
import { hashToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';
import { offerBuiltIn } from '../backbone/offer-built-in.ts';
import { createUser } from './create-user.ts';

const REFUSED = say('error.setupLink');

/** Turns the one-time link into the first owner; the demo organization, if there is one, becomes theirs. */
export async function createOwner(
  services: Services,
  input: { token: string; name: string; email: string; password: string; organizationName: string },
): Promise<{ organizationId: string }> {
  const tokenHash = hashToken(input.token);
  if (!(await findSetupLink(services.db, tokenHash))) throw new AppError('FORBIDDEN', REFUSED);
  const passwordHash = await hashPassword(input.password);
  const created = await services.db.transaction(async (tx) => {
    if (!(await takeSetupLink(tx, tokenHash))) throw new AppError('FORBIDDEN', REFUSED);
    const userId = await createUser(tx, { ...input, passwordHash });
    const organizationId = await adoptOrganization(tx, input.organizationName);
    const memberId = await upsertMember(tx, { organizationId, userId, role: 'owner' });
    await recordActivity(tx, {
      organizationId,
      memberId,
      action: 'organization:created',
      subject: input.organizationName,
    });
    return { organizationId };
  });
  await offerBuiltIn(services).catch((error: unknown) =>
    services.log.error({ err: error }, 'the built-in backbone could not be offered'),
  );
  return created;
}
