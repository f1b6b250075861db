import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { must } from '#core/must.ts';
import type { Db } from '#db/client.ts';
import { image, reviewItem } from '#db/schema/index.ts';
import type { Actor, Services } from '#server/context.ts';
import { submitAnnotation } from '#server/services/labeling/submit-annotation.ts';

/** The hidden labels, by image. */
export async function readTruth(
  db: Db,
  projectId: string,
  classNames: ReadonlyMap<string, string>,
  classIds: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: image.id, fileName: image.fileName })
    .from(image)
    .where(eq(image.projectId, projectId));
  return new Map(
    rows.flatMap(({ id, fileName }) => {
      const classId = classIds.get(classNames.get(fileName) ?? '');
      return classId ? [[id, classId] as const] : [];
    }),
  );
}

/** The class of each labeled image of the pool, by id. */
export async function readLabels(db: Db, projectId: string): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: image.id, classId: image.consensusClassId })
    .from(image)
    .where(and(eq(image.projectId, projectId), eq(image.split, 'pool'), isNotNull(image.consensusClassId)));
  return new Map(rows.flatMap(({ id, classId }) => (classId === null ? [] : [[id, classId] as const])));
}

/**
 * A person who always knows: labels images and answers review items through the use case that people's decisions take.
 */
export function createOracle(services: Services, actor: Actor, projectId: string, truth: ReadonlyMap<string, string>) {
  const decide = (imageId: string, reviewItemId: string | null) =>
    submitAnnotation(services, actor, projectId, {
      id: randomUUID(),
      imageId,
      reviewItemId,
      kind: 'decide',
      classIds: [must(truth, imageId, 'truth of image')],
      token: null,
      guessShown: false,
      reason: null,
      durationMs: null,
    });
  return {
    label: async (imageIds: readonly string[]): Promise<void> => {
      for (const imageId of imageIds) await decide(imageId, null);
    },
    /** Answers the items among these that are still open; returns how many. */
    answer: async (itemIds: readonly string[]): Promise<number> => {
      const items = await services.db
        .select({ id: reviewItem.id, imageId: reviewItem.imageId })
        .from(reviewItem)
        .where(and(inArray(reviewItem.id, [...itemIds]), eq(reviewItem.status, 'open')));
      for (const { id, imageId } of items) await decide(imageId, id);
      return items.length;
    },
    answerAll: async (): Promise<number> => {
      const items = await services.db
        .select({ id: reviewItem.id, imageId: reviewItem.imageId })
        .from(reviewItem)
        .where(and(eq(reviewItem.projectId, projectId), eq(reviewItem.status, 'open')));
      for (const { id, imageId } of items) await decide(imageId, id);
      return items.length;
    },
  };
}

export type Oracle = ReturnType<typeof createOracle>;
