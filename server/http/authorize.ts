import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { findProjectMembership } from '#db/queries/people/member.ts';
import { findSignedIn } from '../auth/session.ts';
import type { Services } from '../context.ts';

/** How often a download under way is asked for again, ms. */
const ASK_AGAIN_MS = 2000;

/** Ends with the access of the request: a download may last longer than its member. Call `stop` when it is over. */
export function watchAccess(services: Services, req: IncomingMessage, projectId: string, action: Action) {
  const ended = new AbortController();
  const timer = setInterval(() => {
    authorizeProject(services, req, projectId, action).catch((error: unknown) => {
      // Trouble on our side refuses nobody.
      if (error instanceof AppError) ended.abort();
    });
  }, ASK_AGAIN_MS);
  return { signal: ended.signal, stop: () => clearInterval(timer) };
}

/** The same ladder as tRPC's projectProcedure, for plain HTTP routes. */
export async function authorizeProject(services: Services, req: IncomingMessage, projectId: string, action: Action) {
  const signedIn = await findSignedIn(services, req);
  if (!signedIn) throw new AppError('UNAUTHORIZED', say('error.signInFirst'));
  if (!z.uuid().safeParse(projectId).success) throw notFound('project');
  const found = await findProjectMembership(services.db, {
    projectId,
    userId: signedIn.userId,
    memberId: signedIn.memberId,
  });
  if (!found) throw notFound('project');
  if (!can(found.actor.role, action)) throw new AppError('FORBIDDEN', say('error.role', { role: found.actor.role }));
  return found;
}
