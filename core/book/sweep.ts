/** Several runs that differ in a few settings, started as one: every combination of the values that somebody names. */
import { checkRunConfig } from '../run/run-config.ts';
import type { RunConfig } from '../run/learning.ts';
import { estimateSeconds, featuresKey } from '../run/run-time.ts';
import type { Speeds } from '../run/run-time.ts';
import { planRounds } from '../run/plan-rounds.ts';
import { settingsOf } from './settings.ts';
import type { SettingNames } from './settings.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

/** Runs of one sweep, and settings that it varies. */
export const SWEEP_MOST = 24;
export const AXES_MOST = 4;

/** Settings that are numbers, by their keys in `settingsOf`; `percent` ones are written as such. */
export const SWEEP_KEYS = [
  'seed',
  'floor',
  'pseudoWeight',
  'duplicatesMax',
  'temperature',
  'alpha',
  'augmentation.rotation',
  'augmentation.operations',
  'augmentation.magnitude',
  'augmentation.probability',
  'augmentation.cutout',
  'dropout',
  'stochasticDepth',
  'teacherSteps',
  'steps',
  'batchLabeled',
  'batchPseudo',
  'learningRate',
  'headLearningRate',
  'momentum',
  'weightDecay',
  'warmup',
  'emaDecay',
] as const;
export type SweepKey = (typeof SWEEP_KEYS)[number];
const PERCENT: ReadonlySet<string> = new Set<SweepKey>(['floor', 'augmentation.probability', 'warmup']);

/** One setting and the values that it takes. */
export interface SweepAxis {
  key: SweepKey;
  values: readonly number[];
}

const NO_NAMES: SettingNames = { backbones: new Map(), classes: new Map() };
const isSweepKey = (key: string): key is SweepKey => (SWEEP_KEYS as readonly string[]).includes(key);

/** The settings of this run that can be varied, as the form calls them; a setting that does not apply is not there. */
export const sweepSettings = (config: RunConfig): { key: SweepKey; name: string; percent: boolean; now: number }[] =>
  settingsOf(config, NO_NAMES).flatMap(({ key, name, number }) =>
    isSweepKey(key) && number !== null ? [{ key, name, percent: PERCENT.has(key), now: number }] : [],
  );

/**
 * The values that somebody typed, each once: "0.3 0.5, 0.7"; of a share "30, 50%". Null when a part is no number.
 * @example parseValues('30, 50', true) // [0.3, 0.5]
 */
export function parseValues(text: string, percent: boolean): number[] | null {
  const parts = text.split(/[\s,;]+/u).filter((part) => part !== '');
  const values = parts.map((part) => {
    const plain = percent ? part.replace(/%$/u, '') : part;
    const value = /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/iu.test(plain) ? Number(plain) : NaN;
    return percent ? Number((value / 100).toPrecision(12)) : value;
  });
  return values.some((value) => !Number.isFinite(value)) ? null : [...new Set(values)];
}

/** These settings with one of them changed. */
export function withSetting(config: RunConfig, key: SweepKey, value: number): RunConfig {
  const [field = '', part] = key.split('.');
  return part === undefined
    ? { ...config, [field]: value }
    : { ...config, augmentation: { ...config.augmentation, [part]: value } };
}

/**
 * The settings of every run, one for each combination. Seeds change last: whoever stops early has every combination
 * once before any has come twice.
 */
export function expandSweep(config: RunConfig, axes: readonly SweepAxis[]): RunConfig[] {
  const ordered = axes.toSorted((a, b) => Number(b.key === 'seed') - Number(a.key === 'seed'));
  return ordered.reduce<RunConfig[]>(
    (all, { key, values }) => all.flatMap((one) => values.map((value) => withSetting(one, key, value))),
    [config],
  );
}

/** What is wrong with a sweep and how to mend it; null when it can be started. */
export function checkSweep(config: RunConfig, axes: readonly SweepAxis[]): Said | null {
  if (new Set(axes.map(({ key }) => key)).size < axes.length) return say('why.variedOnce');
  const offered = sweepSettings(config);
  if (axes.some(({ key }) => !offered.some((one) => one.key === key))) return say('why.variedNowhere');
  if (axes.some(({ values }) => new Set(values).size < values.length)) return say('why.valuesOnce');
  // Counted before they are made: four settings of 24 values are 331,776 runs.
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > SWEEP_MOST) return say('why.tooManyRuns', { count, most: SWEEP_MOST });
  if (axes.length > 0 && count < 2) return say('why.twoValues');
  for (const one of expandSweep(config, axes)) {
    const problem = checkRunConfig(one);
    if (problem !== null) return problem;
  }
  return null;
}

/** What the runs of a sweep are tagged with: its name, else what it varies. */
export const sweepTag = (name: string, config: RunConfig, axes: readonly SweepAxis[]): string =>
  (
    name ||
    sweepSettings(config)
      .filter(({ key }) => axes.some((axis) => axis.key === key))
      .map((one) => one.name)
      .join(' × ')
  )
    .slice(0, 40)
    .trim();

/** "Weaker noise: Confidence floor 30%, Seed 2": what one of its runs is called, 80 characters at most. */
export function sweepName(name: string, config: RunConfig, axes: readonly SweepAxis[]): string {
  const values = settingsOf(config, NO_NAMES)
    .filter(({ key }) => axes.some((axis) => axis.key === key))
    .map((one) => `${one.name} ${one.value}`)
    .join(', ');
  return (name === '' ? values : values === '' ? name : `${name}: ${values}`).slice(0, 80).trim();
}

/** Seconds of all of them, one after the other; what the first looks at with a backbone the others find kept. */
export function estimateSweep(
  configs: readonly RunConfig[],
  options: { images: number; heldOut: number; speeds: Speeds },
): number {
  const held = new Map(options.speeds.held);
  return configs.reduce((sum, config) => {
    const seconds = estimateSeconds(config, { ...options, speeds: { ...options.speeds, held } });
    for (const { backboneId, side } of planRounds(config))
      if (backboneId) held.set(featuresKey(backboneId, side), options.images + options.heldOut);
    return sum + seconds;
  }, 0);
}
