import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBudget } from '#core/budget.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { predictQuery } from '#core/schemas/serving.ts';
import { PREDICT_LIMITS } from '#core/serving/limits.ts';
import type { Services } from '../../context.ts';
import { createBucket } from '../../realtime/token-bucket.ts';
import type { Bucket } from '../../realtime/token-bucket.ts';
import { predictImages } from '../../services/serving/predict-images.ts';
import { authorizeProject } from '../authorize.ts';
import { withBody } from '../upload/receive.ts';
import { sendJson } from '../respond.ts';
import { readPictures } from './read-pictures.ts';

/** Members whose rate is kept; beyond it all start afresh. */
const KEPT = 10_000;
/** Bytes of questions that this server holds at once: they may wait for a model, and uploads not for them. */
const bodies = createBudget(256 * 2 ** 20);
const buckets = new Map<string, Bucket>();

function bucketOf(memberId: string): Bucket {
  const known = buckets.get(memberId);
  if (known) return known;
  if (buckets.size >= KEPT) buckets.clear();
  const made = createBucket(PREDICT_LIMITS);
  buckets.set(memberId, made);
  return made;
}

/**
 * POST /api/projects/:projectId/predict?round=&embedding=1&top=5 — what the model that serves, or a round, says of
 * pictures: the body is an image, a form of several, or JSON with addresses or base64.
 */
export async function handlePredict(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; query: URLSearchParams },
): Promise<void> {
  const { actor, project } = await authorizeProject(services, req, params.projectId, 'model:ask');
  const query = predictQuery.safeParse(Object.fromEntries(params.query));
  if (!query.success)
    throw new AppError(
      'BAD_INPUT',
      say('refusal.predictQuery', { field: query.error.issues[0]?.path.join('.') ?? say('refusal.theAddress') }),
    );
  const { round, embedding, top } = query.data;
  const answer = async (body: Buffer): Promise<void> => {
    const asked = await readPictures(req.headers, body);
    if (!bucketOf(actor.memberId).take(asked.length)) {
      res.setHeader('retry-after', '1');
      throw new AppError('RATE_LIMITED', say('refusal.askedFast', { count: PREDICT_LIMITS.perSecond }));
    }
    const prediction = await predictImages(services, project.id, asked, {
      roundId: round ?? null,
      keep: { memberId: actor.memberId, kept: project.settings.keepAsked },
      embedding,
      top: top ?? null,
    });
    sendJson(res, 200, prediction);
  };
  await withBody(req, PREDICT_LIMITS.bodyBytes, answer, bodies);
}
