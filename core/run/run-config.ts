/** Which run settings fit together, and ready-made ones. */
import type { ModelName, RunConfig } from './learning.ts';

/** Parameters at 32×32 with ten classes; what "equal or larger student" compares. */
export const MODEL_PARAMETERS: Record<ModelName, number> = {
  xs: 76_000,
  s: 147_000,
  m: 498_000,
  l: 2_000_000,
  resnet8: 78_000,
  resnet14: 175_000,
  resnet20: 272_000,
  resnet38: 561_000,
  'wrn16-2': 692_000,
};

/** What is wrong with these settings and how to mend it; null when they fit together. */
export function checkRunConfig(config: RunConfig): string | null {
  if ((config.method === 'frozen' || config.method === 'fine-tune') && !config.backboneId) {
    return 'This method starts from pre-trained weights: choose a backbone, or take Noisy Student.';
  }
  if (config.method === 'distill' && !config.exportModel)
    return 'Distillation needs the model to distil into: choose an export model.';
  if (config.method === 'noisy-student') {
    if (config.students.length === 0) return 'Add at least one student round.';
    let largest = MODEL_PARAMETERS[config.teacher];
    for (const [index, model] of config.students.entries()) {
      if (MODEL_PARAMETERS[model] < largest * 0.95)
        return (
          `Student ${index + 1} (${model}) is smaller than its teacher: each student must be of equal or larger ` +
          `size.`
        );
      largest = MODEL_PARAMETERS[model];
    }
    if (config.batchPseudo === 0) return 'A student learns from pseudo-labels: set at least one per batch.';
  }
  if (config.warmup >= 1) return 'Warm-up must end before training does.';
  return null;
}

/**
 * How many teachers a run trains. Pseudo-labels are averaged; where no noisy student follows, more teachers would teach
 * nobody.
 */
export const teacherCount = (config: Pick<RunConfig, 'method' | 'teachers'>): number =>
  config.method === 'noisy-student' ? config.teachers : 1;

export interface Preset {
  name: string;
  what: string;
  config: Partial<RunConfig>;
}

/** ALGORITHM 3, by size of pool, and the other methods. */
export const PRESETS: Record<'quick' | 'small' | 'large' | 'frozen' | 'fine-tune' | 'distill', Preset> = {
  quick: {
    name: 'Quick look',
    what: 'One small student: minutes, to see whether the labels work at all.',
    config: {
      method: 'noisy-student',
      teacher: 'xs',
      teachers: 1,
      students: ['xs'],
      keepShare: [0.4],
      teacherSteps: 200,
      steps: 300,
    },
  },
  small: {
    name: 'Noisy Student, pool up to 5,000',
    what: 'Three S teachers → S → S → M, keeping 60, 80, 100% of each class.',
    config: {
      method: 'noisy-student',
      teacher: 's',
      teachers: 3,
      students: ['s', 's', 'm'],
      keepShare: [0.6, 0.8, 1],
      floor: 0.3,
      duplicatesMax: 3,
      pseudoWeight: 3,
      learningRate: 0.3,
      batchLabeled: 32,
      batchPseudo: 96,
      dropout: 0.1,
      stochasticDepth: 0,
      emaDecay: 0.99,
      teacherSteps: 300,
      steps: 900,
    },
  },
  large: {
    name: 'Noisy Student, pool of 50,000 and more',
    what: 'S → M → L → L, keeping 40, 70, 100%. Wants a GPU.',
    config: {
      method: 'noisy-student',
      teacher: 's',
      teachers: 1,
      students: ['m', 'l', 'l'],
      keepShare: [0.4, 0.7, 1],
      floor: 0.5,
      duplicatesMax: 5,
      batchLabeled: 64,
      batchPseudo: 320,
      dropout: 0.2,
      stochasticDepth: 0.1,
      emaDecay: 0.999,
      teacherSteps: 3000,
      steps: 10_000,
    },
  },
  frozen: {
    name: 'Frozen backbone',
    what: 'Very few labels: pre-trained convolutions stay as they are, only the head learns.',
    config: { method: 'frozen', students: [] },
  },
  'fine-tune': {
    name: 'Fine-tune',
    what: 'More labels: the whole network learns, convolutions slowly, the head fast.',
    config: { method: 'fine-tune', students: [], learningRate: 0.001, headLearningRate: 0.01 },
  },
  distill: {
    name: 'Distil into a small model',
    what: 'A small student copies the softened answers of a large teacher.',
    config: { method: 'distill', teacher: 'm', students: [], exportModel: 's', temperature: 3, alpha: 0.9 },
  },
};

/**
 * The temperature that turns a stored, calibrated vector p = softmax(z) into softmax(z / T): p^(1/T), scaled to sum 1.
 */
export function atTemperature(probabilities: readonly number[], temperature: number): number[] {
  const logs = probabilities.map((p) => Math.log(Math.max(p, 1e-12)) / temperature);
  const top = Math.max(...logs);
  const raised = logs.map((value) => Math.exp(value - top));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}
