import type { Recommendation } from '#core/recommend/recommend.ts';
import { scratchSide } from '#core/chain/chain.ts';
import { chooseSide } from '#core/image/embedding-side.ts';
import { DEFAULT_AUGMENTATION, DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { MODEL_PARAMETERS } from '#core/chain/models.ts';
import { PRESETS } from '#core/run/presets.ts';
import { checkRunConfig } from '#core/run/run-config.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { runConfig } from '#core/schemas/run-commands.ts';
import type { ImageFacts } from '#db/queries/image/image-facts.ts';
import { readChain } from './chain.ts';
import type { LoopOptions } from './options.ts';

/** A backbone that the run may stand on, and the side that it was trained at. */
export interface LoopBackbone {
  backboneId: string;
  name: string;
  inputSize: number;
}

/** Three rounds with their control arms within twenty minutes on two cores: M would take another ten. */
const QUICK_STUDENTS: ModelName[] = ['s', 's', 's'];

const studentsOf = (options: LoopOptions): ModelName[] => {
  if (options.method !== 'noisy-student') return options.students ?? [];
  const given = options.students ?? QUICK_STUDENTS;
  const rounds = options.rounds ?? given.length;
  return Array.from({ length: rounds }, (_, index) => given[index] ?? given.at(-1) ?? 's');
};

/**
 * No student may be smaller than its teacher: where a small one is asked for and no teacher, the teacher is made as
 * small.
 */
const teacherOf = (options: LoopOptions, [first]: readonly ModelName[]): ModelName => {
  const usual = DEFAULT_RUN_CONFIG.teacher;
  return options.teacher ?? (first && MODEL_PARAMETERS[first] < MODEL_PARAMETERS[usual] ? first : usual);
};

/** What the options ask for, be it by a chain or by the name of a method. */
function roundsOf(
  options: LoopOptions,
  facts: ImageFacts,
  backbones: readonly LoopBackbone[],
  recommended: Recommendation | null,
): Partial<RunConfig> {
  const side = options.size ?? scratchSide(facts.side);
  const bodies = backbones.map(({ backboneId, inputSize }) => ({
    backboneId,
    side: options.backboneSize ?? chooseSide(inputSize, facts.shorter),
  }));
  if (options.chain) {
    const chain = readChain(options.chain, { backbones: bodies, side });
    const settings = chain.some(({ backboneId }) => backboneId) ? PRESETS['backbone-student'].settings : {};
    return { ...settings, chain };
  }
  if (options.method === null && recommended) {
    const { chain, steps, teacherSteps } = recommended;
    const settings = chain.some(({ backboneId }) => backboneId) ? PRESETS['backbone-student'].settings : {};
    return { ...settings, chain, steps, teacherSteps };
  }
  const [body = null] = bodies;
  if (options.method === 'frozen' || options.method === 'fine-tune') {
    const preset = PRESETS[options.method];
    return { ...preset.settings, chain: preset.chain({ side, backbone: body }) };
  }
  if (options.method === 'distill')
    return {
      method: 'distill',
      teacher: DEFAULT_RUN_CONFIG.teacher,
      students: [],
      exportModel: options.model ?? 's',
      backboneId: body?.backboneId ?? null,
      inputSize: body?.side ?? side,
    };
  const students = studentsOf({ ...options, method: 'noisy-student' });
  return { method: 'noisy-student', teacher: teacherOf(options, students), students, inputSize: side };
}

/** The settings of the run: the product's defaults, what the images ask for, what the person asks for. */
export function buildConfig(
  options: LoopOptions,
  facts: ImageFacts & { backbones: readonly LoopBackbone[]; recommended: Recommendation | null },
): RunConfig {
  const rounds = roundsOf(options, facts, facts.backbones, facts.recommended);
  const config: RunConfig = {
    ...DEFAULT_RUN_CONFIG,
    engine: options.engine,
    seed: options.seed,
    ...rounds,
    control: options.control,
    // Digits and letters are gray: they must not be flipped, and there is no colour to change.
    augmentation: facts.gray
      ? { ...DEFAULT_AUGMENTATION, flipHorizontal: false, colour: false, rotation: 15 }
      : DEFAULT_AUGMENTATION,
    steps: options.steps ?? rounds.steps ?? DEFAULT_RUN_CONFIG.steps,
    teacherSteps: options.teacherSteps ?? rounds.teacherSteps ?? DEFAULT_RUN_CONFIG.teacherSteps,
    reviewPerRound: options.review,
    reviewAnswers: Math.max(1, options.review),
    reviewGate: options.review > 0 ? 'answers' : 'continue',
    ...options.set,
  };
  const checked = runConfig.safeParse(config);
  const misfit = checked.success ? checkRunConfig(config) : null;
  const problem = checked.success
    ? misfit && inEnglish(misfit)
    : checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (problem) throw new Error(problem);
  return config;
}
