import { describe, expect, it } from 'vitest';
import { backboneLink, checkChain, isDistillationWithNoise, scratchLink, scratchSide } from './chain.ts';
import { chainOf } from '../run/chain-of.ts';
import type { ChainLink } from './chain-link.ts';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import type { RunConfig } from '../run/learning.ts';
import { planRounds } from '../run/plan-rounds.ts';
import { acceptAbove, PRESETS } from '../run/presets.ts';
import type { Preset } from '../run/presets.ts';
import { checkRunConfig } from '../run/run-config.ts';
import { runConfig } from '../schemas/run-commands.ts';
import { inEnglish } from '../text/in-english.ts';
import type { Said } from '../text/said.ts';

const told = (said: Said | null): string => (said ? inEnglish(said) : '');

const body = { backboneId: '6c3e5ff4-9a35-4d0e-a6cb-5a0f0c7c8b11', side: 224 };
const words = (chain: readonly ChainLink[]) =>
  chain.map(({ role, kind, model, side, members }) => `${role} ${kind} ${model} ${side} ×${members}`);
const old = (config: Partial<RunConfig>) => words(chainOf({ ...DEFAULT_RUN_CONFIG, ...config, chain: null }));

describe('a run as a chain', () => {
  it('CHAIN-1 reads the method of an earlier run as the chain that it was', () => {
    expect(old({ method: 'noisy-student', teacher: 'xs', teachers: 2, students: ['s', 'm'] })).toEqual([
      'teacher scratch xs 32 ×2',
      'student scratch s 32 ×1',
      'student scratch m 32 ×1',
    ]);
    expect(old({ method: 'frozen', students: [], inputSize: 224 })).toEqual(['teacher frozen null 224 ×1']);
    expect(old({ method: 'fine-tune', students: [], exportModel: 's', inputSize: 96 })).toEqual([
      'teacher fine-tuned null 96 ×1',
      'distilled scratch s 96 ×1',
    ]);
    expect(old({ method: 'distill', teacher: 'm', students: ['s'], exportModel: 'xs' })).toEqual([
      'teacher scratch m 32 ×1',
      'distilled scratch xs 32 ×1',
    ]);
    expect(old({ method: 'distill', exportModel: 'xs', backboneId: 'b' })[0]).toBe('teacher fine-tuned null 32 ×1');
  });

  it('CHAIN-2 lets a backbone teach a net of any size, while nets from scratch never shrink', () => {
    const frozen = backboneLink('teacher', 'frozen', body);
    expect(checkChain([frozen, scratchLink('student', 'xs', 32), scratchLink('student', 'm', 32)])).toBeNull();
    expect(told(checkChain([frozen, scratchLink('student', 'm', 32), scratchLink('student', 's', 32)]))).toContain(
      'equal or larger',
    );
    expect(told(checkChain([scratchLink('teacher', 'm', 32), scratchLink('student', 's', 32)]))).toContain(
      'its teacher',
    );
    const chain = [frozen, scratchLink('student', 's', 32), scratchLink('student', 's', 32)];
    expect(chain.map((link) => isDistillationWithNoise(chain, link))).toEqual([false, true, false]);
  });

  it('CHAIN-2 refuses rounds that cannot follow each other, and says how to mend them', () => {
    const frozen = backboneLink('teacher', 'frozen', body);
    const student = scratchLink('student', 's', 32);
    expect(told(checkChain([student]))).toContain('teacher');
    expect(told(checkChain([frozen, scratchLink('distilled', 's', 32), student]))).toContain('Teachers come first');
    expect(told(checkChain([backboneLink('teacher', 'frozen', { backboneId: null, side: 224 })]))).toContain(
      'backbone',
    );
    expect(told(checkChain([backboneLink('teacher', 'noisy-head', body)]))).toContain('learns from a teacher');
    expect(told(checkChain([frozen, backboneLink('student', 'frozen', body)]))).toContain('noisy head');
    expect(told(checkChain([frozen, scratchLink('student', 's', 32, 2)]))).toContain('Only teachers');
  });

  it('CHAIN-3 plans each round at its own side, and several backbones that teach together', () => {
    const chain = [
      backboneLink('teacher', 'frozen', body),
      backboneLink('teacher', 'frozen', { ...body, side: 96 }),
      scratchLink('student', 's', 32),
      backboneLink('student', 'noisy-head', body),
    ];
    const rounds = planRounds({ ...DEFAULT_RUN_CONFIG, chain }).map(
      ({ index, role, member, kind, side, learnsFrom }) => `${index} ${role} ${member} ${kind} ${side} ${learnsFrom}`,
    );
    expect(rounds).toEqual([
      '0 teacher 0 frozen 224 people',
      '0 teacher 1 frozen 96 people',
      '1 student 0 scratch 32 pseudo-labels',
      '1 control 0 scratch 32 people',
      '2 student 0 noisy-head 224 pseudo-labels',
      '2 control 0 noisy-head 224 people',
    ]);
  });

  it('CHAIN-4 looks at small images as they are, and at photographs at 64 px, where a net learns from scratch', () => {
    expect([400, 64, 32, 28, 8].map(scratchSide)).toEqual([64, 64, 32, 28, 16]);
  });

  it('TEACHER-14 accepts all above a confidence as pseudo-labels of a student, by the floor of every round', () => {
    for (const side of [32, 64]) {
      const config = { ...DEFAULT_RUN_CONFIG, ...acceptAbove(0.95, { side, backbone: body }) };
      expect(runConfig.safeParse(config).success).toBe(true);
      expect(checkRunConfig(config)).toBeNull();
      expect(config).toMatchObject({ floor: 0.95, keepShare: [1] });
      const kinds = planRounds(config).map(({ kind, learnsFrom }) => `${kind} ${learnsFrom}`);
      expect(kinds[0]).toBe('live people');
      expect(kinds[1]).toBe(side === 32 ? 'scratch pseudo-labels' : 'noisy-head pseudo-labels');
    }
  });

  it('offers presets that pass both the schema and the rule', () => {
    for (const [name, preset] of Object.entries<Preset>(PRESETS)) {
      for (const backbone of preset.needsBackbone ? [body] : [body, null]) {
        const chain = preset.chain({ side: 32, backbone });
        const config = { ...DEFAULT_RUN_CONFIG, ...preset.settings, chain };
        expect(runConfig.safeParse(config).success, name).toBe(true);
        expect(checkRunConfig(config), name).toBeNull();
      }
    }
  });
});
