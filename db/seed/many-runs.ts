import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RoundMetrics, RunConfig } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import type { Db } from '../client.ts';
import { round, roundPoint, run } from '../schema/index.ts';

const MINUTE = 60_000;
const VALIDATION = 400;
const TEST = 500;
const NAMES = ['', 'weaker noise', 'cutout off', 'higher floor', 'baseline', 'hard targets'];

/**
 * So many finished runs that differ in seed, floor and noise, each a teacher, a student and its control arm with curves
 * of 40 points: for tables and charts of many runs. They have no predictions.
 */
export async function createManyRuns(
  db: Db,
  params: { projectId: string; memberId: string; classIds: string[]; count: number; points?: number },
): Promise<string[]> {
  const random = createRandom('many runs');
  const configs = Array.from({ length: params.count }, (_, at): RunConfig => ({
    ...DEFAULT_RUN_CONFIG,
    students: ['s'],
    seed: 1 + (at % 3),
    floor: [0.3, 0.5, 0.7][at % 3] ?? 0.3,
    augmentation: { ...DEFAULT_RUN_CONFIG.augmentation, cutout: at % 2 === 0 ? 12 : 0 },
  }));
  const runs = await db
    .insert(run)
    .values(
      configs.map((config, at) => ({
        projectId: params.projectId,
        number: at + 1,
        name: NAMES[at % NAMES.length] ?? '',
        tags: at % 5 === 0 ? ['paper'] : [],
        config,
        classIds: params.classIds,
        createdBy: params.memberId,
        status: at % 17 === 16 ? ('failed' as const) : ('finished' as const),
        startedAt: new Date(Date.now() - (params.count - at) * 60 * MINUTE),
        endedAt: new Date(Date.now() - (params.count - at) * 60 * MINUTE + (4 + random.below(20)) * MINUTE),
        createdAt: new Date(Date.now() - (params.count - at) * 60 * MINUTE),
      })),
    )
    .returning({ id: run.id });
  const planned = runs.flatMap(({ id: runId }) => {
    const teacher = 0.6 + 0.1 * random.next();
    const control = teacher + 0.02 * random.next();
    const student = control + 0.06 * random.next() - 0.01;
    return (
      [
        [0, 'teacher', teacher],
        [1, 'student', student],
        [1, 'control', control],
      ] as const
    ).map(([index, role, accuracy]) => ({
      runId,
      index,
      role,
      model: 's' as const,
      stage: 'done' as const,
      seed: 1,
      verdict: role === 'student' ? ('accept' as const) : null,
      metrics: measured(accuracy, role === 'student'),
      standings:
        role === 'student'
          ? {
              teacher: null,
              control: {
                difference: accuracy - control,
                interval: [accuracy - control - 0.03, accuracy - control + 0.03] as [number, number],
                n: VALIDATION,
              },
            }
          : null,
      endedAt: new Date(),
    }));
  });
  const rounds = await db.insert(round).values(planned).returning({ id: round.id, index: round.index });
  const points = params.points ?? 40;
  for (const { id: roundId, index } of rounds)
    await db.insert(roundPoint).values(
      Array.from({ length: points }, (_, at) => ({
        roundId,
        step: at * 10 + 1,
        lossLabeled: 2.2 * Math.exp(-at / (points / 3)) + 0.1 * random.next(),
        lossPseudo: index === 0 ? null : 1.6 * Math.exp(-at / (points / 2)) + 0.1 * random.next(),
        learningRate: 0.3 * (1 - at / points),
        imagesPerSecond: 900 + 100 * random.next(),
        valAccuracy: at % 8 === 7 ? 0.3 + (0.45 * at) / points + 0.02 * random.next() : null,
      })),
    );
  return runs.map(({ id }) => id);
}

function measured(share: number, tested: boolean): RoundMetrics {
  const right = Math.round(share * VALIDATION);
  return {
    labeled: 100,
    pseudo: tested ? 900 : 0,
    pseudoByClass: {},
    valAccuracy: right / VALIDATION,
    valInterval: wilsonInterval(right, VALIDATION),
    valCount: VALIDATION,
    valLoss: 0.8,
    eceBefore: 0.08,
    eceAfter: 0.03,
    temperature: 1.2,
    confusion: [],
    thresholds: {},
    testAccuracy: tested ? Math.round(share * TEST) / TEST : null,
    testCount: tested ? TEST : null,
    testConfusion: null,
    parameters: 147_000,
    seconds: 60,
    imagesPerSecond: 900,
    steps: 400,
  };
}
