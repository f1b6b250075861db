import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { Random } from '#core/math/random.ts';
import type { Db } from '../client.ts';
import { packIds, unsigned } from '../packed-embeddings.ts';
import { insertEmbeddingCells, insertEmbeddingShard } from '../queries/image/embedding.ts';
import { annotation, image, reviewItem } from '../schema/index.ts';
import type { Scored } from './run-figures.ts';

/** Rows of one insert: seven columns each stay far below the 65,535 parameters of a statement. */
const CHUNK = 2000;
/** Embeddings stored at a time. */
const SHARD = 1000;

/** Whose run it is. */
interface Maker {
  projectId: string;
  memberId: string;
}

export async function chunked<T>(rows: readonly T[], insert: (rows: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK) await insert(rows.slice(start, start + CHUNK));
}

/** Human answers, with the consensus that they lead to. */
export async function answer(
  db: Db,
  { projectId, memberId }: Maker,
  rows: { imageId: string; classId: string }[],
): Promise<void> {
  await chunked(rows, (some) =>
    db.insert(annotation).values(
      some.map(({ imageId, classId }) => ({
        id: randomUUID(),
        projectId,
        memberId,
        kind: 'decide' as const,
        source: 'label' as const,
        durationMs: 1800,
        imageId,
        classIds: [classId],
      })),
    ),
  );
  for (const { imageId, classId } of rows) {
    await db
      .update(image)
      .set({ answerCount: 1, consensusState: 'agreed', consensusClassIds: [classId] })
      .where(and(eq(image.id, imageId), eq(image.projectId, projectId)));
  }
}

/** Around a direction of its class, so that near images are mostly of one; a cell a class. */
export async function embed(
  db: Db,
  made: {
    roundId: string;
    images: { id: string; contentHash: string }[];
    truth: Map<string, number>;
    classes: number;
    random: Random;
  },
): Promise<void> {
  const { roundId, images, truth, classes, random } = made;
  const centres = Array.from({ length: classes }, () =>
    Int8Array.from({ length: EMBEDDING_BYTES }, () => random.below(121) - 60),
  );
  const rows = images.map(({ id }) =>
    Int8Array.from(centres[truth.get(id) ?? 0] ?? [], (value) => value + random.below(81) - 40),
  );
  const pack = (some: readonly Int8Array[]): Int8Array => Int8Array.from(some.flatMap((row) => [...row]));
  for (let start = 0; start < images.length; start += SHARD)
    await insertEmbeddingShard(db, {
      roundId,
      images: images.slice(start, start + SHARD),
      embeddings: pack(rows.slice(start, start + SHARD)),
    });
  await insertEmbeddingCells(
    db,
    roundId,
    0,
    centres.map((centre, index) => {
      const mine = images.flatMap(({ id }, at) => (truth.get(id) === index ? [at] : []));
      return {
        centre,
        imageIds: packIds(mine.flatMap((at) => images[at]?.id ?? [])),
        embeddings: unsigned(pack(mine.map((at) => rows[at] ?? centre))),
      };
    }),
  );
}

/** Uncertain items, open; and a uniform audit, answered. */
export async function makeReview(
  db: Db,
  { projectId, memberId }: Maker,
  made: {
    runId: string;
    roundId: string;
    classIds: string[];
    truth: Map<string, number>;
    predicted: Map<string, Scored>;
    images: { id: string }[];
    random: Random;
  },
): Promise<void> {
  const { runId, roundId, classIds, truth, predicted, random } = made;
  const rows = made.images.flatMap(({ id }) => predicted.get(id) ?? []);
  const uncertain = [...rows]
    .sort((a, b) => a.confidence - b.confidence)
    .slice(0, Math.min(20, Math.floor(rows.length / 4)));
  const rest = rows.filter((row) => !uncertain.includes(row));
  const audit = random.shuffle(rest).slice(0, Math.min(40, Math.floor(rest.length / 2)));
  const base = (row: Scored) => ({
    projectId,
    runId,
    roundId,
    imageId: row.imageId,
    guessClassId: classIds[row.classIndex] ?? null,
    confidence: row.confidence,
  });
  if (uncertain.length > 0)
    await db
      .insert(reviewItem)
      .values(uncertain.map((row) => ({ ...base(row), reason: 'uncertain' as const, priority: 1 - row.confidence })));
  for (const [index, row] of audit.entries()) {
    const id = randomUUID();
    const guessShown = index % 4 !== 0;
    await db.insert(annotation).values({
      id,
      projectId,
      memberId,
      imageId: row.imageId,
      kind: 'decide',
      source: 'review',
      classIds: [must(classIds, truth.get(row.imageId) ?? 0, 'class')],
      guessShown,
      guessClassId: classIds[row.classIndex] ?? null,
      durationMs: 1500 + index * 10,
    });
    await db.insert(reviewItem).values({
      ...base(row),
      reason: 'audit',
      drawProbability: audit.length / rest.length,
      status: 'answered',
      answeredBy: memberId,
      annotationId: id,
      answeredAt: new Date(),
    });
  }
}
