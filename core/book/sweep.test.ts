import { describe, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import type { RunConfig } from '../run/learning.ts';
import { estimateSeconds } from '../run/run-time.ts';
import { runConfig } from '../schemas/run-commands.ts';
import {
  checkSweep,
  estimateSweep,
  expandSweep,
  parseValues,
  SWEEP_KEYS,
  sweepName,
  sweepSettings,
  sweepTag,
  withSetting,
} from './sweep.ts';
import type { SweepAxis } from './sweep.ts';
import { inEnglish } from '../text/in-english.ts';
import type { Said } from '../text/said.ts';

const told = (said: Said | null): string => (said ? inEnglish(said) : '');

const CONFIG: RunConfig = { ...DEFAULT_RUN_CONFIG, students: ['s'], seed: 7 };
const read = (config: RunConfig, key: string): number =>
  key.split('.').reduce<unknown>((from, part) => (from as Record<string, unknown>)[part], config) as number;
const DISTIL: RunConfig = { ...DEFAULT_RUN_CONFIG, method: 'distill', students: [], exportModel: 'xs' };

describe('RUN-60 a sweep', () => {
  it('is every combination once, with other seeds last', () => {
    const axes: SweepAxis[] = [
      { key: 'floor', values: [0.3, 0.5] },
      { key: 'seed', values: [1, 2] },
      { key: 'augmentation.cutout', values: [0, 12] },
    ];
    const runs = expandSweep(CONFIG, axes).map(({ floor, seed, augmentation }) => [seed, floor, augmentation.cutout]);
    expect(runs).toEqual([
      [1, 0.3, 0],
      [1, 0.3, 12],
      [1, 0.5, 0],
      [1, 0.5, 12],
      [2, 0.3, 0],
      [2, 0.3, 12],
      [2, 0.5, 0],
      [2, 0.5, 12],
    ]);
    expect(expandSweep(CONFIG, [])).toEqual([CONFIG]);
  });

  it('offers settings that apply, under the names of the form, each of which it can change', () => {
    expect(sweepSettings(CONFIG).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Confidence floor', 'Student steps', 'Seed', 'Dropout']),
    );
    expect(sweepSettings(CONFIG).map(({ key }) => key)).not.toContain('temperature');
    expect(sweepSettings(DISTIL).map(({ key }) => key)).toContain('temperature');
    for (const key of SWEEP_KEYS) {
      expect(withSetting(CONFIG, key, 0.123)).not.toEqual(CONFIG);
      // A key that names no setting would be dropped or refused.
      expect(runConfig.parse(withSetting(CONFIG, key, read(CONFIG, key)))).toEqual(CONFIG);
    }
  });

  it.each([
    ['1, 2 3;3', false, [1, 2, 3]],
    ['30, 50%', true, [0.3, 0.5]],
    ['5e-4 .1', false, [0.0005, 0.1]],
    ['', false, []],
    ['1, x', false, null],
    ['0x10', false, null],
    ['1-2', false, null],
  ] as const)('reads %j as somebody means it', (text, percent, values) => {
    expect(parseValues(text, percent)).toEqual(values);
  });

  it.each([
    [[{ key: 'seed', values: Array.from({ length: 25 }, (_, at) => at) }], '25 runs; 24 can be started'],
    [[{ key: 'seed', values: [1] }], 'at least two values'],
    [
      [
        { key: 'seed', values: [1, 2] },
        { key: 'seed', values: [3, 4] },
      ],
      'once only',
    ],
    [[{ key: 'seed', values: [1, 1] }], 'each value once'],
    [[{ key: 'temperature', values: [1, 2] }], 'does not apply'],
    [[{ key: 'warmup', values: [0.1, 1] }], 'Warm-up must end'],
  ] as [SweepAxis[], string][])('is refused with how to mend it: %j', (axes, sentence) => {
    expect(told(checkSweep(CONFIG, axes))).toContain(sentence);
  });

  it('may hold as many runs as are allowed, or none', () => {
    const seeds = Array.from({ length: 12 }, (_, at) => at);
    expect(
      checkSweep(CONFIG, [
        { key: 'seed', values: seeds },
        { key: 'floor', values: [0.3, 0.5] },
      ]),
    ).toBeNull();
    expect(checkSweep(CONFIG, [])).toBeNull();
  });

  it('names its runs by what they differ in, and tags them together', () => {
    const axes: SweepAxis[] = [
      { key: 'floor', values: [0.3, 0.5] },
      { key: 'seed', values: [1, 2] },
    ];
    const last = expandSweep(CONFIG, axes).at(-1) ?? CONFIG;
    expect(sweepName('weaker', last, axes)).toBe('weaker: Confidence floor 50%, Seed 2');
    expect(sweepName('', last, axes)).toBe('Confidence floor 50%, Seed 2');
    expect(sweepName('x'.repeat(80), last, axes)).toHaveLength(80);
    expect(sweepTag('', last, axes)).toBe('Confidence floor × Seed');
    expect(sweepTag('y'.repeat(80), last, axes)).toHaveLength(40);
  });

  it('takes as long as its runs one after the other, but looks at images with a backbone once', () => {
    const speeds = { trainRate: 250, embedRates: new Map() };
    const options = { images: 1000, heldOut: 200, speeds };
    const seeds = expandSweep(CONFIG, [{ key: 'seed', values: [1, 2, 3] }]);
    expect(estimateSweep(seeds, options)).toBeCloseTo(3 * estimateSeconds(CONFIG, options));
    const head: RunConfig = {
      ...CONFIG,
      chain: [{ role: 'teacher', kind: 'frozen', model: null, backboneId: 'b', side: 224, members: 1, tunedShare: 1 }],
    };
    const one = estimateSeconds(head, options);
    const again = estimateSeconds(head, { ...options, speeds: { ...speeds, held: new Map([['b@224', 1200]]) } });
    expect(again).toBeLessThan(one / 2);
    expect(estimateSweep([head, head, head], options)).toBeCloseTo(one + 2 * again);
  });
});
