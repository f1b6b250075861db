import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { notify } from '#db/notify.ts';
import { addMiss } from '#db/queries/people/rate-limit.ts';
import { askSync, findByHook } from '#db/queries/source/source.ts';
import { hashToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';
import { hasBody, receiveCall, CALL_BYTES } from '../body.ts';
import { sendJson } from '../respond.ts';

/** A sync is asked at most so often in a window; what comes beyond is told to come later. */
const ASKED_MOST = 6;
const WINDOW_MS = 60_000;

const ids = z.object({ projectId: z.uuid(), sourceId: z.uuid() });

/**
 * POST /api/projects/:projectId/sources/:sourceId/sync/:token — another system says that something has changed there.
 * The token is all that it needs and all that it may do; what it sends is not looked at.
 */
export async function handleSourceHook(
  { db }: Pick<Services, 'db'>,
  req: IncomingMessage,
  res: ServerResponse,
  { token, ...at }: { projectId: string; sourceId: string; token: string },
): Promise<void> {
  const isId = ids.safeParse(at).success;
  const found = isId ? await findByHook(db, { ...at, hookHash: hashToken(token) }) : null;
  if (!found) throw notFound('address');
  if (hasBody(req)) await receiveCall(req, CALL_BYTES.stranger);
  if ((await addMiss(db, { key: `source-sync:${at.sourceId}`, windowMs: WINDOW_MS })) > ASKED_MOST) {
    res.setHeader('retry-after', WINDOW_MS / 1000);
    throw new AppError('RATE_LIMITED', say('refusal.sourceAsked', { most: ASKED_MOST }));
  }
  await db.transaction(async (tx) => {
    await askSync(tx, at.sourceId);
    await notify(tx, { name: 'source:changed', projectId: at.projectId, sourceId: at.sourceId });
  });
  sendJson(res, 202, { asked: true });
}
