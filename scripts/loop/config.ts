import { sql } from 'drizzle-orm';
import { DEFAULT_AUGMENTATION, DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { ModelName, RunConfig } from '#core/run/learning.ts';
import { checkRunConfig, MODEL_PARAMETERS, PRESETS } from '#core/run/run-config.ts';
import { runConfig } from '#core/schemas/run-commands.ts';
import type { Db } from '#db/client.ts';
import type { LoopOptions } from './options.ts';

export interface ImageFacts extends Record<string, unknown> {
  /** Median of the longer sides, px. */
  side: number;
  gray: boolean;
  pool: number;
}

export async function describeImages(db: Db, projectId: string): Promise<ImageFacts> {
  const { rows } = await db.execute<ImageFacts>(sql`
    select coalesce(percentile_disc(0.5) within group (order by greatest(width, height)), 32) as side,
      coalesce(bool_and(channels = 1), false) as gray,
      (count(*) filter (where split = 'pool'))::int as pool
    from image where project_id = ${projectId}`);
  return rows[0] ?? { side: 32, gray: false, pool: 0 };
}

/** Three rounds with their control arms within twenty minutes on two cores: M would take another ten. */
const QUICK_STUDENTS: ModelName[] = ['s', 's', 's'];

/** Photographs train at this size when nothing else is asked; what starts from a backbone at the larger one. */
const PHOTO_SIZE = 64;
const BACKBONE_SIZE = 128;

const studentsOf = (options: LoopOptions): ModelName[] => {
  if (options.method !== 'noisy-student') return options.students ?? [];
  const given = options.students ?? QUICK_STUDENTS;
  return Array.from({ length: options.rounds }, (_, index) => given[index] ?? given.at(-1) ?? 's');
};

/**
 * No student may be smaller than its teacher: where a small one is asked for and no teacher, the teacher is made as
 * small.
 */
const teacherOf = (options: LoopOptions, [first]: readonly ModelName[]): ModelName => {
  const usual = DEFAULT_RUN_CONFIG.teacher;
  return options.teacher ?? (first && MODEL_PARAMETERS[first] < MODEL_PARAMETERS[usual] ? first : usual);
};

/** The settings of the run: the product's defaults, what the images ask for, what the person asks for. */
export function buildConfig(options: LoopOptions, facts: ImageFacts & { backboneId: string | null }): RunConfig {
  const transfers = options.method !== 'noisy-student';
  const students = studentsOf(options);
  const config: RunConfig = {
    ...DEFAULT_RUN_CONFIG,
    method: options.method,
    engine: options.engine,
    seed: options.seed,
    ...(options.method === 'fine-tune' ? PRESETS['fine-tune'].config : {}),
    inputSize:
      options.size ?? (facts.backboneId ? BACKBONE_SIZE : facts.side <= 96 ? Math.max(16, facts.side) : PHOTO_SIZE),
    teacher: transfers ? DEFAULT_RUN_CONFIG.teacher : teacherOf(options, students),
    students,
    exportModel: options.method === 'distill' ? (options.model ?? 's') : transfers ? options.model : null,
    backboneId: facts.backboneId,
    control: options.control,
    // Digits and letters are gray: they must not be flipped, and there is no colour to change.
    augmentation: facts.gray
      ? { ...DEFAULT_AUGMENTATION, flipHorizontal: false, colour: false, rotation: 15 }
      : DEFAULT_AUGMENTATION,
    steps: options.steps ?? DEFAULT_RUN_CONFIG.steps,
    teacherSteps: options.teacherSteps ?? DEFAULT_RUN_CONFIG.teacherSteps,
    reviewPerRound: options.review,
    reviewAnswers: Math.max(1, options.review),
    reviewGate: options.review > 0 ? 'answers' : 'continue',
    ...options.set,
  };
  const checked = runConfig.safeParse(config);
  const problem = checked.success
    ? checkRunConfig(config)
    : checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (problem) throw new Error(problem);
  return config;
}
