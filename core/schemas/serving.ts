import { z } from 'zod';
import { KEPT_CHOICES, PREDICT_LIMITS, SENT_MOST } from '../serving/limits.ts';

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

/** What stands in the address of a request for predictions. */
export const predictQuery = z.object({
  /** A round of the project; what serves without it. */
  round: z.uuid().optional(),
  /** The embedding too. */
  embedding: flag,
  /** So many classes, the likeliest first; all without it. */
  top: z.coerce.number().int().min(1).max(1000).optional(),
});

/** Images as JSON: addresses that the server fetches, or bytes as base64. */
export const predictBody = z.object({
  images: z
    .array(z.union([z.object({ url: z.string().max(4000) }), z.object({ base64: z.string() })]))
    .min(1)
    .max(PREDICT_LIMITS.images),
});

/** Null: the model that stands best, whichever that is. */
export const promoteRound = z.object({ projectId: z.uuid(), roundId: z.uuid().nullable() });

export const keepAsked = z.object({ projectId: z.uuid(), kept: z.literal(KEPT_CHOICES) });
export const sendAsked = z.object({ projectId: z.uuid(), ids: z.array(z.uuid()).min(1).max(SENT_MOST) });
