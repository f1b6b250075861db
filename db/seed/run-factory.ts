import { randomUUID } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { RoundMetrics, RoundRole, RunConfig } from '#core/run/learning.ts';
import { argmaxRows, expectedCalibrationError } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import { MODEL_PARAMETERS } from '#core/chain/models.ts';
import type { RunStatus } from '#core/run/run.ts';
import { confusionMatrix, wilsonInterval } from '#core/math/statistics.ts';
import type { Db } from '../client.ts';
import { packIds, unsigned } from '../packed-embeddings.ts';
import { insertEmbeddingCells, insertEmbeddingShard } from '../queries/image/embedding.ts';
import { insertRun } from '../queries/run/run-write.ts';
import {
  annotation,
  image,
  prediction,
  projectClass,
  pseudoLabel,
  reviewItem,
  round,
  roundLabel,
  roundPoint,
  run,
  suspectLabel,
} from '../schema/index.ts';

/** Rows of one insert: seven columns each stay far below the 65,535 parameters of a statement. */
const CHUNK = 2000;
/** Embeddings stored at a time. */
const SHARD = 1000;

interface Plan {
  index: number;
  role: RoundRole;
  model: ModelName;
  accuracy: number;
}

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

async function chunked<T>(rows: readonly T[], insert: (rows: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK) await insert(rows.slice(start, start + CHUNK));
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

/** Human answers, with the consensus that they lead to. */
async function answer(
  db: Db,
  { projectId, memberId }: FactoryOptions,
  rows: { imageId: string; classId: string }[],
): Promise<void> {
  await chunked(rows, (some) =>
    db.insert(annotation).values(
      some.map((row) => ({
        id: randomUUID(),
        projectId,
        memberId,
        kind: 'decide' as const,
        source: 'label' as const,
        durationMs: 1800,
        ...row,
      })),
    ),
  );
  for (const { imageId, classId } of rows) {
    await db
      .update(image)
      .set({ answerCount: 1, consensusState: 'agreed', consensusClassId: classId })
      .where(and(eq(image.id, imageId), eq(image.projectId, projectId)));
  }
}

/** A vector whose top is the truth with this chance, surer when right than when wrong. */
function guess(random: Random, truth: number, accuracy: number, classes: number) {
  const right = random.next() < accuracy;
  const top = right ? truth : (truth + 1 + random.below(Math.max(1, classes - 1))) % classes;
  const confidence =
    1 / classes + (1 - 1 / classes) * (right ? 1 - 0.6 * random.next() ** 1.6 : 0.15 + 0.6 * random.next());
  const rest = Array.from({ length: classes }, (_, index) => (index === top ? 0 : 0.05 + random.next()));
  const sum = rest.reduce((total, value) => total + value, 0);
  const probabilities = rest.map((value, index) =>
    index === top ? confidence : sum === 0 ? 0 : (value / sum) * (1 - confidence),
  );
  const classIndex = argmaxRows(probabilities, classes)[0] ?? top;
  return { probabilities, classIndex, confidence: probabilities[classIndex] ?? confidence };
}

type Scored = { imageId: string } & ReturnType<typeof guess>;

/** The surest share of each class above the floor. */
function selectTop(rows: Scored[], keep: number, floor: number, classes: number): Scored[] {
  return Array.from({ length: classes }, (_, index) => {
    const mine = rows.filter(({ classIndex }) => classIndex === index).sort((a, b) => b.confidence - a.confidence);
    return mine.slice(0, Math.round(mine.length * keep)).filter(({ confidence }) => confidence >= floor);
  }).flat();
}

const place = (random: Random, truth: number, classes: number) => {
  const angle = (2 * Math.PI * truth) / classes;
  return { mapX: Math.cos(angle) * 3 + random.normal(), mapY: Math.sin(angle) * 3 + random.normal() };
};

/** Around a direction of its class, so that near images are mostly of one; a cell a class. */
async function embed(
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

function measure(
  validation: readonly { id: string }[],
  truth: Map<string, number>,
  predicted: Map<string, Scored>,
  context: { classIds: string[]; accepted: Scored[]; labeled: number; model: ModelName },
): RoundMetrics {
  const { classIds, accepted } = context;
  const answers = validation.map(({ id }) => truth.get(id) ?? 0);
  const rows = validation.flatMap(({ id }) => predicted.get(id) ?? []);
  const right = rows.filter((row, index) => row.classIndex === answers[index]).length;
  const confusion = confusionMatrix(
    answers,
    rows.map(({ classIndex }) => classIndex),
    classIds.length,
  );
  const flat = rows.flatMap(({ probabilities }) => probabilities);
  return {
    labeled: context.labeled,
    pseudo: accepted.length,
    pseudoByClass: Object.fromEntries(
      classIds.map((id, index) => [id, accepted.filter(({ classIndex }) => classIndex === index).length]),
    ),
    valAccuracy: rows.length === 0 ? 0 : right / rows.length,
    valInterval: wilsonInterval(right, rows.length),
    valCount: rows.length,
    valLoss: 1.02,
    eceBefore: 0.12,
    eceAfter: expectedCalibrationError(flat, answers, classIds.length),
    temperature: 1.4,
    confusion,
    thresholds: Object.fromEntries(classIds.map((id) => [id, 0.6])),
    testAccuracy: null,
    testCount: null,
    testConfusion: null,
    parameters: MODEL_PARAMETERS[context.model],
    seconds: 290,
    imagesPerSecond: 410,
    steps: 600,
  };
}

function curve(random: Random, step: Plan, config: RunConfig) {
  const steps = step.role === 'teacher' ? config.teacherSteps : config.steps;
  return Array.from({ length: 60 }, (_, index) => {
    const done = (index + 1) / 60;
    const noise = () => (random.next() - 0.5) * 0.08;
    return {
      step: Math.round(done * steps),
      lossLabeled: 2.1 * Math.exp(-2.4 * done) + 0.25 + noise(),
      lossPseudo: step.role === 'student' ? 1.8 * Math.exp(-1.6 * done) + 0.5 + noise() : null,
      learningRate:
        config.learningRate * (done < config.warmup ? done / config.warmup : (1 - done) / (1 - config.warmup)),
      imagesPerSecond: 400 + random.next() * 30,
      valAccuracy: index % 6 === 5 ? Math.max(0, step.accuracy * (1 - Math.exp(-4 * done)) + noise() / 3) : null,
    };
  });
}

/** Uncertain items, open; and a uniform audit, answered. */
async function makeReview(
  db: Db,
  { projectId, memberId }: FactoryOptions,
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
      classId: classIds[truth.get(row.imageId) ?? 0] ?? null,
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
