import { z } from 'zod';
import { CHANGE_MOST } from '../image/change.ts';
import { plainText } from './project.ts';
import { REVIEW_REASONS, SPLITS } from '../project/project.ts';

const id = z.uuid();
const reason = z.string().trim().max(300).nullable().default(null);

/** One decision of a person. `id` is made by the client: sending it again changes nothing. */
export const submitAnnotation = z
  .object({
    id,
    imageId: id,
    kind: z.enum(['decide', 'skip']),
    classId: id.nullable(),
    /** Fencing token of the lease; null when the page holds none any more. */
    token: z.int().nullable(),
    reviewItemId: id.nullable().default(null),
    source: z.enum(['label', 'review', 'grid']).default('label'),
    guessShown: z.boolean().default(false),
    reason,
    durationMs: z.int().min(0).max(86_400_000).nullable().default(null),
  })
  .refine(
    (value) => (value.kind === 'decide') === (value.classId !== null),
    'A decision names a class; a skip does not.',
  )
  .transform(({ classId, ...decision }) => ({ ...decision, classIds: classId === null ? null : [classId] }));

/**
 * Whose answers an outbox sends: refused while somebody else is signed in. Programs act as their token's member and
 * leave it out.
 */
const memberId = id.optional();

/** What an outbox sends after being offline: at most 200 at a time, in order. */
export const submitAnnotations = z.object({ memberId, annotations: z.array(submitAnnotation).min(1).max(200) });

export const undoAnnotation = z.object({ memberId, id, annotationId: id });
/** Gives a hand back. `windowId` is the socket of the window that is left; without one all is given back. */
export const releaseHand = z.object({ windowId: z.string().max(64).optional() });

/** `back`: of the hand, images that go back first, for those that the queue names before them by now. */
export const claim = z.object({ count: z.int().min(1).max(60), back: z.array(id).max(60).default([]) });
export const imageRef = z.object({ imageId: id });
/** A place on the map of the project's embeddings. */
export const featurePlace = z.object({ x: z.number(), y: z.number() });
export const adjudicate = z.object({ id, imageId: id, classId: id, reason });

/**
 * A grid of images to confirm or to pick from: those that a model takes for one class, those like one image, the next
 * in the queue, or those of these that are still open.
 */
export const claimGrid = z.object({
  count: z.int().min(1).max(60).default(36),
  by: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('class'), classId: id }),
    z.object({ kind: z.literal('similar'), imageId: id }),
    z.object({ kind: z.literal('queue') }),
    z.object({ kind: z.literal('images'), imageIds: z.array(id).min(1).max(1000) }),
  ]),
});

export const claimReview = z.object({
  count: z.int().min(1).max(30).default(8),
  reasons: z.array(z.enum(REVIEW_REASONS)).max(6).default([]),
});
export const reviewItemRef = z.object({ itemId: id });
export const disputedPage = z.object({ after: id.nullish(), limit: z.int().min(1).max(60).default(20) });

export const createComment = z.object({
  id,
  imageId: id,
  body: z.string().trim().min(1, 'Write something first.').max(4000, 'At most 4,000 characters.'),
  mentions: z.array(id).max(20).default([]),
});
export const mentionRef = z.object({ commentId: id });
/** A person's mentions after the comment `before`. */
export const mentionPage = z.object({ before: id.optional(), limit: z.int().min(1).max(100).default(50) });

export const bulkImages = z.array(id).min(1).max(1000);
/** The map with the guesses of a round, else of whoever speaks for the project. */
export const featureMap = z.object({ roundId: id.optional() });
export const featurePoints = featureMap.extend({ imageIds: bulkImages });
export const flagImages = z.object({ imageIds: bulkImages, flagged: z.boolean() });
export const assignImages = z.object({ imageIds: bulkImages, memberId: id.nullable() });
/** A slice of the open images, drawn in the order of the queue. */
export const assignSlice = z.object({
  memberId: id,
  count: z.int().min(1).max(100_000),
  split: z.enum(SPLITS).nullish(),
});
export const bulkDecide = z.object({
  decisions: z
    .array(z.object({ id, imageId: id }))
    .min(1)
    .max(1000),
  classId: id,
});
export const bulkUndo = z.object({
  undos: z
    .array(z.object({ id, annotationId: id }))
    .min(1)
    .max(1000),
});
export const setGold = z.object({ id, imageId: id, classId: id.nullable() });
export const pauseMember = z.object({
  memberId: id,
  paused: z.boolean(),
  reason: z.string().trim().max(300).default(''),
});

/** One line that people gave images to find them by. */
const tag = plainText(60);

/** Enumerated filters of the gallery: nothing a client sends becomes a column or an operator. */
export const galleryFilter = z.object({
  classId: id.nullish(),
  split: z.enum(SPLITS).nullish(),
  /** Where the answer comes from: people, a pseudo-label of the round, or nothing yet. */
  source: z.enum(['human', 'pseudo', 'none']).nullish(),
  state: z.enum(['none', 'partial', 'agreed', 'disputed', 'adjudicated']).nullish(),
  /** Whose guesses: those of a round, or of the live teacher. */
  roundId: z.union([id, z.literal('live')]).nullish(),
  predictedClassId: id.nullish(),
  confidenceFrom: z.number().min(0).max(1).nullish(),
  confidenceTo: z.number().min(0).max(1).nullish(),
  memberId: id.nullish(),
  assignedTo: id.nullish(),
  flagged: z.boolean().nullish(),
  gold: z.boolean().nullish(),
  importId: id.nullish(),
  /** Part of the file name, in any case. */
  name: z.string().trim().min(1).max(200).nullish(),
  tag: tag.nullish(),
  /** Those that were put aside; without it none of them. */
  aside: z.enum(['excluded', 'deleted']).nullish(),
});
export const galleryCursor = z.object({ id, confidence: z.number().nullable() });
export const countGallery = galleryFilter.extend({
  order: z.enum(['steady', 'sure-first', 'unsure-first']).default('steady'),
});
export const listGallery = countGallery.extend({
  cursor: galleryCursor.nullish(),
  limit: z.int().min(1).max(200).default(60),
});

/** A filter and an order, kept under a name for all who see the project. */
const savedView = countGallery;
export type SavedView = z.infer<typeof savedView>;
export const saveView = z.object({ name: plainText(60), view: savedView });
export const viewRef = z.object({ viewId: id });

/**
 * A piece of a stroke on images that came in wrong: on these, or on the next ones that a filter finds after `after`.
 * `found` is the filter that these were picked from.
 */
export const changeImages = z.object({
  strokeId: id,
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('exclude'), reason: z.string().trim().max(300).default('') }),
    z.object({ kind: z.literal('delete') }),
    z.object({ kind: z.literal('restore') }),
    z.object({ kind: z.literal('move'), split: z.enum(SPLITS) }),
    z.object({ kind: z.literal('tag'), tag }),
    z.object({ kind: z.literal('untag'), tag }),
  ]),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('images'), imageIds: bulkImages, found: galleryFilter.default({}) }),
    z.object({
      kind: z.literal('filter'),
      filter: galleryFilter,
      after: id.nullish(),
      limit: z.int().min(1).max(CHANGE_MOST).default(CHANGE_MOST),
    }),
  ]),
});
export const undoChange = z.object({ strokeId: id, limit: z.int().min(1).max(CHANGE_MOST).default(CHANGE_MOST) });
