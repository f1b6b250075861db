import { createBudget } from '#core/budget.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { PREDICT_LIMITS } from '#core/serving/limits.ts';
import { rankAnswer } from '#core/serving/serving.ts';
import type { PictureAnswer, Prediction } from '#core/serving/serving.ts';
import type { Services } from '../../context.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';
import { readPixels } from '../image/process-image.ts';
import { keepAsked } from './keep-asked.ts';
import type { AskedBy } from './keep-asked.ts';
import { findModel } from './open-model.ts';
import type { OpenedModel } from './opened-model.ts';

/** A picture to be looked at: its bytes, or where to fetch it. */
export type Asked = { bytes: Uint8Array } | { url: string };

export interface PredictOptions {
  /** Who asks, and how many pictures their project keeps; null where nothing is to be kept. */
  keep: Pick<AskedBy, 'memberId' | 'kept'> | null;
  roundId: string | null;
  embedding: boolean;
  /** Classes told of each picture; null: all. */
  top: number | null;
}

/** Bytes of fetched pictures that this server holds at once, whoever asks; each counts as the largest there may be. */
const fetching = createBudget(16 * PREDICT_LIMITS.imageBytes);
/** Pictures of one request that are fetched and decoded at once. */
const SIDE_BY_SIDE = 4;

/**
 * What a model of the project says of pictures that are in no project. One that cannot be read is named with its reason
 * and the others are answered; the only one fails the request. Nothing is kept but what the project wants.
 * @param net how addresses are fetched, for tests
 * @throws AppError as `openModel`; BAD_INPUT where an embedding is asked of a file that gives none
 */
export async function predictImages(
  services: Services,
  projectId: string,
  asked: readonly Asked[],
  options: PredictOptions,
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
): Promise<Prediction> {
  const model = await findModel(services, { projectId, roundId: options.roundId });
  if (options.embedding && !model.embeds)
    throw new AppError('BAD_INPUT', say('refusal.noEmbedding', { model: model.told.title }));
  const results: PictureAnswer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < asked.length; at = next++) {
      const one = asked[at];
      if (!one) return;
      results[at] = await answerOne(services, model, one, { ...options, projectId, net }).catch((error: unknown) => {
        if (asked.length === 1 || !(error instanceof AppError)) throw error;
        return { error: { code: error.code, message: error.message } };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, asked.length) }, work));
  return { model: model.told, results };
}

async function answerOne(
  services: Services,
  model: OpenedModel,
  asked: Asked,
  options: PredictOptions & { projectId: string; net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> },
): Promise<PictureAnswer> {
  // What is fetched waits for its share of memory first; what was sent has it already.
  const free = 'url' in asked ? await fetching.take(PREDICT_LIMITS.imageBytes) : null;
  try {
    const bytes = 'bytes' in asked ? asked.bytes : await fetchPicture(asked.url, options.net);
    return await answerBytes(services, model, bytes, options);
  } finally {
    free?.();
  }
}

async function answerBytes(
  services: Services,
  model: OpenedModel,
  bytes: Uint8Array,
  options: PredictOptions & { projectId: string },
): Promise<PictureAnswer> {
  if (bytes.length > PREDICT_LIMITS.imageBytes)
    throw new AppError('TOO_LARGE', say('refusal.pictureLarge', { mib: PREDICT_LIMITS.imageBytes / 2 ** 20 }));
  const pixels = await readPixels(bytes, model);
  // Others may have been asked meanwhile, so that this one was let go.
  await model.reopen();
  const answer = await services.predictor.ask(model.key, pixels, options.embedding);
  const ranked = rankAnswer(answer.probabilities, model.classes);
  const told = {
    class: ranked[0]?.name ?? '',
    probability: ranked[0]?.probability ?? 0,
    classes: ranked.slice(0, options.top ?? undefined),
    ...(answer.embedding ? { embedding: [...answer.embedding] } : {}),
  };
  if (options.keep)
    keepAsked(services, { ...options.keep, projectId: options.projectId, roundId: model.told.roundId }, bytes, told);
  return told;
}

async function fetchPicture(url: string, net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>): Promise<Uint8Array> {
  const { status, body } = await safeFetch(url, {
    ...net,
    maxBytes: PREDICT_LIMITS.imageBytes,
    redirects: 3,
    deadlineMs: 15_000,
  });
  if (status !== 200) throw new AppError('BAD_INPUT', say('refusal.addressStatus', { status, url: url.slice(0, 200) }));
  return body;
}
