import { asc, eq } from 'drizzle-orm';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import type { RunStatus } from '#core/run/run.ts';
import type { Db } from '../client.ts';
import { insertRun } from '../queries/run/run-write.ts';
import {
  image,
  prediction,
  projectClass,
  pseudoLabel,
  round,
  roundLabel,
  roundPoint,
  run,
  suspectLabel,
} from '../schema/index.ts';
import { curve, guess, measure, place, selectTop } from './run-figures.ts';
import type { Plan } from './run-figures.ts';
import { answer, chunked, embed, makeReview } from './run-rows.ts';

const PLAN: Plan[] = [
  { index: 0, role: 'teacher', model: 'xs', accuracy: 0.62 },
  { index: 1, role: 'student', model: 's', accuracy: 0.7 },
  { index: 1, role: 'control', model: 's', accuracy: 0.63 },
  { index: 2, role: 'student', model: 's', accuracy: 0.75 },
  { index: 2, role: 'control', model: 's', accuracy: 0.65 },
];

export interface FactoryOptions {
  projectId: string;
  memberId: string;
  seed?: number;
  status?: RunStatus;
  config?: Partial<RunConfig>;
  /** Rounds to make; a teacher, two students and their control arms without it. */
  plan?: Plan[];
  /** Human answers a class in the pool that the teacher starts from. */
  labelsPerClass?: number;
}

export interface MadeRun {
  runId: string;
  classIds: string[];
  /** In the order of the plan. */
  roundIds: string[];
  /** Class index that the factory holds for true, by image. */
  truth: Map<string, number>;
}

/**
 * A plausible run on the images that a project has, for tests, screenshots and benches: every figure in it follows from
 * the predictions that it stores, so that pages and tests can recount them. Validation images and a seed get human
 * answers.
 */
export async function createFinishedRun(db: Db, options: FactoryOptions): Promise<MadeRun> {
  const random = createRandom(options.seed ?? 1);
  const plan = options.plan ?? PLAN;
  const classes = await db
    .select({ id: projectClass.id })
    .from(projectClass)
    .where(eq(projectClass.projectId, options.projectId))
    .orderBy(asc(projectClass.position), asc(projectClass.id));
  const classIds = classes.map(({ id }) => id);
  const images = await db
    .select({
      id: image.id,
      contentHash: image.contentHash,
      split: image.split,
      classId: image.consensusClassId,
      state: image.consensusState,
    })
    .from(image)
    .where(eq(image.projectId, options.projectId))
    .orderBy(asc(image.shuffle), asc(image.id));
  const truth = new Map(
    images.map((row) => [row.id, row.classId ? classIds.indexOf(row.classId) : random.below(classIds.length)]),
  );
  const pool = images.filter(({ split }) => split === 'pool');
  const validation = images.filter(({ split }) => split === 'validation');
  const seed = takePerClass(pool, truth, options.labelsPerClass ?? 10, classIds.length);
  await answer(
    db,
    options,
    [...seed, ...validation]
      .filter(({ state }) => state === 'none')
      .map(({ id }) => ({ imageId: id, classId: classIds[truth.get(id) ?? 0] ?? '' })),
  );

  const config: RunConfig = { ...DEFAULT_RUN_CONFIG, students: ['s', 's'], ...options.config };
  const created = await insertRun(db, { projectId: options.projectId, config, classIds, createdBy: options.memberId });
  const started = new Date(Date.now() - 40 * 60_000);
  await db
    .update(run)
    .set({
      status: options.status ?? 'finished',
      engine: 'wasm',
      device: '2 cores',
      codeVersion: '0.1.0',
      startedAt: started,
      endedAt: (options.status ?? 'finished') === 'finished' ? new Date() : null,
    })
    .where(eq(run.id, created.id));

  const unlabeled = pool.filter(({ id }) => !seed.some((row) => row.id === id));
  const seeded = new Set(seed.map(({ id }) => id));
  const roundIds: string[] = [];
  let teacherRoundId: string | null = null;
  for (const [position, step] of plan.entries()) {
    const scored = [...validation, ...pool].map(({ id }) => ({
      imageId: id,
      ...guess(random, truth.get(id) ?? 0, step.accuracy, classIds.length),
    }));
    const predicted = new Map(scored.map((row) => [row.imageId, row]));
    const accepted =
      step.role === 'student'
        ? selectTop(
            unlabeled.flatMap(({ id }) => predicted.get(id) ?? []),
            0.4 * step.index,
            0.6,
            classIds.length,
          )
        : [];
    const metrics = measure(validation, truth, predicted, {
      classIds,
      accepted,
      labeled: seed.length,
      model: step.model,
    });
    const startedAt = new Date(started.getTime() + position * 6 * 60_000);
    const inserted: { id: string }[] = await db
      .insert(round)
      .values({
        runId: created.id,
        index: step.index,
        role: step.role,
        model: step.model,
        stage: 'done',
        seed: config.seed + position,
        teacherRoundId,
        labeledHash: 'f'.repeat(64),
        labeledCount: seed.length,
        metrics,
        reviewed: 0,
        verdict: step.role === 'student' ? 'accept' : null,
        verdictReason: step.role === 'student' ? 'Better than its teacher on validation.' : null,
        startedAt,
        endedAt: new Date(startedAt.getTime() + metrics.seconds * 1000),
      })
      .returning({ id: round.id });
    const roundId = inserted[0]?.id ?? '';
    roundIds.push(roundId);
    await chunked(scored, (rows) =>
      db
        .insert(prediction)
        .values(
          rows.map((each) => ({ roundId, ...each, ...place(random, truth.get(each.imageId) ?? 0, classIds.length) })),
        ),
    );
    if (step.role !== 'control')
      await embed(db, {
        roundId,
        images: pool.toSorted((a, b) => (a.contentHash < b.contentHash ? -1 : 1)),
        truth,
        classes: classIds.length,
        random: random.fork(`embeddings:${position}`),
      });
    await chunked(accepted, (rows) =>
      db
        .insert(pseudoLabel)
        .values(rows.map(({ imageId, classIndex, confidence }) => ({ roundId, imageId, classIndex, confidence }))),
    );
    await chunked(seed, (rows) =>
      db
        .insert(roundLabel)
        .values(rows.map(({ id }) => ({ roundId, imageId: id, classId: classIds[truth.get(id) ?? 0] ?? '' }))),
    );
    const doubted = scored.flatMap((each) =>
      seeded.has(each.imageId) && each.classIndex !== truth.get(each.imageId) ? [each] : [],
    );
    if (step.role !== 'control')
      await chunked(doubted, (rows) =>
        db.insert(suspectLabel).values(
          rows.map(({ imageId, classIndex, confidence }) => ({
            roundId,
            imageId,
            classIndex,
            confidence,
            margin: confidence,
          })),
        ),
      );
    await chunked(curve(random, step, config), (rows) =>
      db.insert(roundPoint).values(rows.map((point) => ({ roundId, ...point }))),
    );
    if (step.role === 'teacher')
      await makeReview(db, options, {
        runId: created.id,
        roundId,
        classIds,
        truth,
        predicted,
        images: unlabeled,
        random,
      });
    if (step.role !== 'control') teacherRoundId = roundId;
  }
  return { runId: created.id, classIds, roundIds, truth };
}

function takePerClass<T extends { id: string }>(
  rows: readonly T[],
  truth: Map<string, number>,
  perClass: number,
  classes: number,
): T[] {
  return Array.from({ length: classes }, (_, index) =>
    rows.filter(({ id }) => truth.get(id) === index).slice(0, perClass),
  ).flat();
}
