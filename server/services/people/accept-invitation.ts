import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { notify } from '#db/notify.ts';
import type { Db } from '#db/client.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { findInvitation, listInvitedProjects, takeInvitation } from '#db/queries/people/invitation.ts';
import { findMembership, findRemoval, upsertMember } from '#db/queries/people/member.ts';
import { addProjects, listSeen, setProjects } from '#db/queries/people/project-scope.ts';
import { findPasswordHash, findUserByEmail } from '#db/queries/people/user.ts';
import { hashPassword, verifyPassword } from '../../auth/password.ts';
import { hashToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';
import { createUser } from './create-user.ts';
import { accountLimit, limitTries } from './limit-misses.ts';

const REFUSED = say('error.inviteEnded');

/**
 * Joins the invitation's organization with exactly its role and projects, as the signed-in user or as a new person.
 * Who is in already, with chosen projects, sees those of the invitation too.
 */
export async function acceptInvitation(
  services: Services,
  signedInUserId: string | null,
  input: { token: string; person: { name: string; email: string; password: string } | null },
): Promise<{ organizationId: string }> {
  const tokenHash = hashToken(input.token);
  if (!(await findInvitation(services.db, tokenHash))) throw new AppError('NOT_FOUND', REFUSED);
  if (!signedInUserId && !input.person) throw new AppError('BAD_INPUT', say('error.personMissing'));
  // Hashing takes its time: before the transaction, which holds a connection.
  const who = signedInUserId ?? (input.person ? await identify(services.db, input.person) : '');
  return services.db.transaction(async (tx) => {
    const used = await takeInvitation(tx, tokenHash);
    if (!used) throw new AppError('NOT_FOUND', REFUSED);
    return joinBy(tx, used, typeof who === 'string' ? who : await createUser(tx, who));
  });
}

type Person = { name: string; email: string; password: string };

/**
 * Who has an account already, with this address and password, joins as themselves; anybody else is new. One hash either
 * way, so that the time does not tell who is known here.
 * @throws AppError FORBIDDEN where the address is somebody's and the password is not theirs
 */
async function identify(db: Db, person: Person): Promise<string | (Person & { passwordHash: string })> {
  return limitTries(db, accountLimit(person.email), async () => {
    const known = await findUserByEmail(db, person.email);
    if (!known) return { ...person, passwordHash: await hashPassword(person.password) };
    const hash = await findPasswordHash(db, known.id);
    if (hash === null) await hashPassword(person.password);
    else if (await verifyPassword({ hash, password: person.password })) return known.id;
    throw new AppError('FORBIDDEN', say('error.notTogether'));
  });
}

async function joinBy(
  tx: Db,
  used: NonNullable<Awaited<ReturnType<typeof takeInvitation>>>,
  userId: string,
): Promise<{ organizationId: string }> {
  const { organizationId, role } = used;
  const projectIds = used.allProjects ? 'all' : (await listInvitedProjects(tx, used.id)).map(({ id }) => id);
  const before = await findMembership(tx, { organizationId, userId });
  if (before) await widen(tx, before.memberId, projectIds);
  else if (((await findRemoval(tx, { organizationId, userId }))?.getTime() ?? 0) > used.createdAt.getTime())
    throw new AppError('NOT_FOUND', REFUSED);
  const memberId = before?.memberId ?? (await upsertMember(tx, { organizationId, userId, role }));
  if (!before && projectIds !== 'all') await setProjects(tx, { memberId, projectIds });
  await recordActivity(tx, { organizationId, memberId, action: 'member:joined', subject: before?.role ?? role });
  await notify(tx, { name: 'member:changed', organizationId, userId, memberId, removed: false });
  return { organizationId };
}

/** Adds the projects of an invitation to those of a member. @throws AppError CONFLICT where it adds none */
async function widen(tx: Db, memberId: string, projectIds: readonly string[] | 'all'): Promise<void> {
  const seen = projectIds === 'all' ? [] : await listSeen(tx, { memberId, projectIds });
  if (projectIds === 'all' || seen.length === projectIds.length)
    throw new AppError('CONFLICT', say('error.memberAlready'));
  await addProjects(tx, { memberId, projectIds });
}
