import type { LiveFigures } from '#core/live-teacher/live-teacher.ts';
import type { Db } from '../client.ts';
import { storeFit, storeGuesses } from '../queries/labeling/live-teacher.ts';
import { featureSet } from '../schema/index.ts';

/** What a live teacher says that knows nothing of itself yet. */
export const NO_FIGURES: LiveFigures = {
  pool: null,
  validation: null,
  curve: [],
  outlook: null,
  temperature: 1,
  calibrationError: null,
  mix: 0.5,
  sure: [],
};

/** A live teacher that has learned, with these guesses and this order of the queue; its features are not there. */
export async function createLiveTeacher(
  db: Db,
  params: {
    projectId: string;
    classIds: readonly string[];
    guesses: readonly { imageId: string; classIndex: number; confidence: number }[];
    ranks?: readonly string[];
    figures?: Partial<LiveFigures>;
  },
): Promise<void> {
  const { projectId, guesses, ranks = [], figures } = params;
  const [set] = await db.insert(featureSet).values({ projectId, side: 64 }).returning({ id: featureSet.id });
  await storeFit(db, {
    projectId,
    setId: set?.id ?? '',
    classIds: [...params.classIds],
    labels: 20,
    seen: '',
    order: 'model',
    ranks,
    figures: { ...NO_FIGURES, ...figures },
    seconds: 1,
    suspects: [],
  });
  await storeGuesses(db, projectId, {
    imageIds: guesses.map(({ imageId }) => imageId),
    classIndex: guesses.map(({ classIndex }) => classIndex),
    confidence: guesses.map(({ confidence }) => confidence),
  });
}
