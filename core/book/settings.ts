/** Settings of runs with the names that people know, and where runs differ in them. */
import { standsOnBackbone } from '../chain/chain-link.ts';
import { describeChain } from '../chain/chain-words.ts';
import { chainOf } from '../run/chain-of.ts';
import type { RunConfig } from '../run/learning.ts';

/** How backbones and classes are called, by id. */
export interface SettingNames {
  backbones: ReadonlyMap<string, string>;
  classes: ReadonlyMap<string, string>;
}

export interface Setting {
  /** What it is in the run's settings: `floor`, `augmentation.cutout`, `chain.2`. */
  key: string;
  name: string;
  value: string;
  /** What a table sorts by; null for words. */
  number: number | null;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const GATES = { continue: 'goes on at once', answers: 'waits for answers', person: 'waits for a person' } as const;

/**
 * Every setting that applies, in the order of the form that starts a run: one without students has no pseudo-labels,
 * one from scratch no head on a backbone. @example settingsOf(config, names).find(({ key }) => key === 'floor')?.value
 */
export function settingsOf(config: RunConfig, names: SettingNames): Setting[] {
  const chain = chainOf(config);
  const students = chain.some(({ role }) => role === 'student');
  const scratch = chain.some(({ kind }) => kind === 'scratch');
  const backbone = chain.some(standsOnBackbone);
  const distils = chain.some(({ role }) => role === 'distilled');
  const settings: Setting[] = [];
  const add = (key: string, name: string, value: number | string | boolean, show?: (value: number) => string) =>
    settings.push({
      key,
      name,
      value:
        typeof value === 'boolean' ? yesNo(value) : typeof value === 'number' && show ? show(value) : String(value),
      number: typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null,
    });
  describeChain(chain, names.backbones).forEach((phrase, at) => add(`chain.${at + 1}`, `Round ${at + 1}`, phrase));
  if (students) {
    add('pseudoLabels', 'Targets', config.pseudoLabels);
    add('keepShare', 'Share kept by round', config.keepShare.map(percent).join(', '));
    add('floor', 'Confidence floor', config.floor, percent);
    for (const [id, floor] of Object.entries(config.classFloors))
      add(`classFloors.${id}`, `Floor of ${names.classes.get(id) ?? 'a class that is gone'}`, floor, percent);
    add('pseudoWeight', 'Weight of the pseudo-label loss', config.pseudoWeight);
    add('duplicatesMax', 'Copies of an image for a short class', config.duplicatesMax);
    add('control', 'Control arm', config.control);
    add('alignDistribution', 'Align to the class prior', config.alignDistribution);
  }
  if (distils) {
    add('temperature', 'Temperature T', config.temperature);
    add('alpha', 'Alpha', config.alpha);
  }
  if (scratch || students) {
    const { augmentation } = config;
    add('augmentation.flipHorizontal', 'Flip left to right', augmentation.flipHorizontal);
    add('augmentation.flipVertical', 'Flip top to bottom', augmentation.flipVertical);
    add('augmentation.colour', 'Colour operations', augmentation.colour);
    add('augmentation.rotation', 'Rotation', augmentation.rotation, (degrees) => `${degrees}°`);
    add('augmentation.operations', 'Operations an image (N)', augmentation.operations);
    add('augmentation.magnitude', 'Largest magnitude (M)', augmentation.magnitude);
    add('augmentation.probability', 'Chance of each operation', augmentation.probability, percent);
    add('augmentation.cutout', 'Cutout', augmentation.cutout, (side) => `${side} px`);
    add('dropout', 'Dropout', config.dropout);
    add('stochasticDepth', 'Stochastic depth', config.stochasticDepth);
  }
  if (students) {
    add('reviewGate', 'After each round', GATES[config.reviewGate]);
    if (config.reviewGate === 'answers') add('reviewAnswers', 'Answers to wait for', config.reviewAnswers);
    add('reviewPerRound', 'Review items a round', config.reviewPerRound);
    add('stopAfterRejected', 'Rounds not accepted before it stops', config.stopAfterRejected);
  }
  add('engine', 'Engine asked for', config.engine);
  add('seed', 'Seed', config.seed);
  add('teacherSteps', 'Teacher steps', config.teacherSteps);
  if (students || distils) add('steps', 'Student steps', config.steps);
  add('batchLabeled', 'Labeled in a batch', config.batchLabeled);
  if (students) add('batchPseudo', 'Pseudo-labeled in a batch', config.batchPseudo);
  if (scratch) add('learningRate', 'Peak learning rate', config.learningRate);
  if (backbone) add('headLearningRate', 'Learning rate of the head', config.headLearningRate);
  add('momentum', 'Momentum', config.momentum);
  add('weightDecay', 'Weight decay', config.weightDecay);
  add('warmup', 'Warm-up', config.warmup, percent);
  if (scratch || students) add('emaDecay', 'Decay of the averaged weights', config.emaDecay);
  return settings;
}

export interface DifferingSetting {
  key: string;
  name: string;
  /** One a run, in their order; null where it does not apply. */
  values: (Setting | null)[];
}

/** The settings in which these runs are not all alike, in the order of the form; none for fewer than two runs. */
export function differingSettings(configs: readonly RunConfig[], names: SettingNames): DifferingSetting[] {
  const lists = configs.map((config) => new Map(settingsOf(config, names).map((one) => [one.key, one])));
  // The order of whoever has most settings, with what only others have behind.
  const longest = lists.toSorted((a, b) => b.size - a.size);
  const keys = [...new Set(longest.flatMap((list) => [...list.keys()]))];
  return keys.flatMap((key): DifferingSetting[] => {
    const values = lists.map((list) => list.get(key) ?? null);
    if (new Set(values.map((one) => one?.value ?? null)).size < 2) return [];
    return [{ key, name: values.find((one) => one !== null)?.name ?? key, values }];
  });
}

/** `config` with one setting as `base` has it; of a chain all rounds, of floors all classes. */
export function takeBack(config: RunConfig, base: RunConfig, key: string): RunConfig {
  const [field = '', part] = key.split('.');
  if (field === 'augmentation' && part !== undefined)
    return {
      ...config,
      augmentation: { ...config.augmentation, [part]: base.augmentation[part as keyof RunConfig['augmentation']] },
    };
  return { ...config, [field]: base[field as keyof RunConfig] };
}
