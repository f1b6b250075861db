import { describe, expect, it } from 'vitest';
import { backboneLink, scratchLink } from '../chain/chain.ts';
import { chainOf } from '../run/chain-of.ts';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import type { RunConfig } from '../run/learning.ts';
import { differingSettings, settingsOf, takeBack } from './settings.ts';

const names = { backbones: new Map([['b', 'MobileNet']]), classes: new Map([['c', 'cat']]) };
const base: RunConfig = { ...DEFAULT_RUN_CONFIG, chain: chainOf(DEFAULT_RUN_CONFIG) };
const diff = (a: RunConfig, b: RunConfig) =>
  differingSettings([a, b], names).map(({ name, values }) => [name, ...values.map((one) => one?.value ?? null)]);

describe('settings by the names that people know', () => {
  it('RUN-53 says only what differs, each by its name', () => {
    const other: RunConfig = {
      ...base,
      floor: 0.55,
      classFloors: { c: 0.9 },
      control: false,
      augmentation: { ...base.augmentation, cutout: 0 },
      seed: 7,
    };
    expect(diff(base, base)).toEqual([]);
    expect(diff(base, other)).toEqual([
      ['Confidence floor', '30%', '55%'],
      ['Floor of cat', null, '90%'],
      ['Control arm', 'yes', 'no'],
      ['Cutout', '12 px', '0 px'],
      ['Seed', '1', '7'],
    ]);
  });

  it('RUN-53 speaks of what applies: no pseudo-labels without students, rounds by what they are', () => {
    const frozen: RunConfig = {
      ...base,
      chain: [backboneLink('teacher', 'frozen', { backboneId: 'b', side: 224 })],
      floor: 0.9,
    };
    const keys = settingsOf(frozen, names).map(({ key }) => key);
    expect(keys).toContain('headLearningRate');
    for (const absent of ['floor', 'control', 'learningRate', 'temperature', 'augmentation.cutout'])
      expect(keys).not.toContain(absent);
    expect(diff(base, frozen)[0]).toEqual([
      'Round 1',
      '3 nets S from scratch teach at 32 px',
      'a head on MobileNet teaches at 224 px',
    ]);
  });

  it('RUN-53 an older run and the chain that it means are alike', () => {
    expect(diff(DEFAULT_RUN_CONFIG, base)).toEqual([]);
  });

  it('RUN-53 takes back one setting and leaves the others', () => {
    const other: RunConfig = {
      ...base,
      chain: [scratchLink('teacher', 'xs', 32)],
      floor: 0.5,
      augmentation: { ...base.augmentation, cutout: 0, rotation: 5 },
    };
    expect(takeBack(other, base, 'augmentation.cutout')).toEqual({
      ...other,
      augmentation: { ...other.augmentation, cutout: 12 },
    });
    expect(takeBack(other, base, 'floor').floor).toBe(0.3);
    expect(takeBack(other, base, 'chain.2').chain).toEqual(base.chain);
  });
});
