import { z } from 'zod';

const id = z.uuid();

/** One decision of a person. `id` is made by the client: sending it again changes nothing. */
export const submitAnnotation = z.object({
  id,
  imageId: id,
  kind: z.enum(['decide', 'skip']),
  classId: id.nullable(),
  /** Fencing token of the lease; null when the page holds none any more. */
  token: z.int().nullable(),
  reviewItemId: id.nullable().default(null),
  guessShown: z.boolean().default(false),
  reason: z.string().trim().max(300).nullable().default(null),
  durationMs: z.int().min(0).max(86_400_000).nullable().default(null),
}).refine((value) => (value.kind === 'decide') === (value.classId !== null), 'A decision names a class; a skip does not.');

/** What an outbox sends after being offline: at most 200 at a time, in order. */
export const submitAnnotations = z.object({ annotations: z.array(submitAnnotation).min(1).max(200) });

export const undoAnnotation = z.object({ id, annotationId: id });
export const claim = z.object({ count: z.int().min(1).max(60) });
