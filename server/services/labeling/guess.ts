import { isGuessHidden } from '#core/labeling/labeling.ts';
import type { Db } from '#db/client.ts';
import { listOpenReview } from '#db/queries/review/review.ts';
import type { project as projectTable } from '#db/schema/index.ts';

export interface Guess {
  classId: string | null;
  confidence: number | null;
  /** By class, the likeliest first; at most eight. */
  probabilities: { classId: string; probability: number }[];
}

const SHOWN = 8;

/** The model's answer as people see it. */
export function readGuess(row: {
  guessClassId: string | null;
  confidence: number | null;
  probabilities: readonly number[] | null;
  classIds: readonly string[];
}): Guess {
  const probabilities = (row.probabilities ?? [])
    .flatMap((probability, index) => {
      const classId = row.classIds[index];
      return classId === undefined ? [] : [{ classId, probability }];
    })
    .sort((a, b) => b.probability - a.probability)
    .slice(0, SHOWN);
  return { classId: row.guessClassId, confidence: row.confidence, probabilities };
}

/**
 * Of these images, those whose guess nobody who answers may see before: all where the settings show it after the answer
 * or never, else those of which an open item belongs to the hidden share.
 */
export async function findHiddenGuesses(
  db: Db,
  project: typeof projectTable.$inferSelect,
  imageIds: readonly string[],
): Promise<Set<string>> {
  const { guess, hiddenGuessShare } = project.settings;
  if (guess !== 'before') return new Set(imageIds);
  const open = await listOpenReview(db, { projectId: project.id, imageIds });
  return new Set(open.filter((item) => isGuessHidden(item, hiddenGuessShare)).map(({ imageId }) => imageId));
}
