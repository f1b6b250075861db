import { describe, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from './learning.ts';
import { keepShareOf, peakRates, planRounds } from './plan-rounds.ts';

const brief = (config: Partial<typeof DEFAULT_RUN_CONFIG>) =>
  planRounds({ ...DEFAULT_RUN_CONFIG, teacher: 'xs', teachers: 1, teacherSteps: 600, steps: 1000, ...config }).map(
    ({ index, role, kind, learnsFrom, model, steps }) => `${index} ${role} ${kind} ${learnsFrom} ${model} ${steps}`,
  );

describe('the plan of a run', () => {
  it('PAGE-12 names the rates that curves peak at, by the batch of the round', () => {
    const config = { ...DEFAULT_RUN_CONFIG, batchLabeled: 32, batchPseudo: 96, headLearningRate: 0.01 };
    const frozen = { ...config, method: 'frozen' as const, backboneId: 'b', students: [] };
    // A head that learns from people's answers alone has batches of 32: its curve never comes near 0.01.
    expect(peakRates(frozen)).toEqual([
      { of: 'head', rows: 32, rate: 0.0025 },
      { of: 'head', rows: 128, rate: 0.01 },
    ]);
    expect(peakRates({ ...frozen, batchPseudo: 0 })).toEqual([{ of: 'head', rows: 32, rate: 0.0025 }]);
    expect(peakRates({ ...config, learningRate: 0.4, students: ['s'] })).toEqual([
      { of: 'scratch', rows: 128, rate: 0.4 },
    ]);
  });

  it('RUN-10 gives every student a control arm with its architecture and steps', () => {
    expect(brief({ students: ['s', 'm'], teacherSteps: 60, steps: 90 })).toEqual([
      '0 teacher scratch people xs 60',
      '1 student scratch pseudo-labels s 90',
      '1 control scratch people s 90',
      '2 student scratch pseudo-labels m 90',
      '2 control scratch people m 90',
    ]);
  });
  it('leaves control arms out when the run does not want them', () => {
    expect(brief({ students: ['s'], control: false })).toEqual([
      '0 teacher scratch people xs 600',
      '1 student scratch pseudo-labels s 1000',
    ]);
  });
  it(
    'LEARN-9 trains several teachers where a noisy student learns from the mean of their answers, and only ' + 'there',
    () => {
      expect(
        planRounds({ ...DEFAULT_RUN_CONFIG, teachers: 2 })
          .filter(({ role }) => role === 'teacher')
          .map(({ index, member }) => [index, member]),
      ).toEqual([
        [0, 0],
        [0, 1],
      ]);
      expect(brief({ method: 'distill', teachers: 2, students: [], exportModel: 'xs', control: false })).toHaveLength(
        2,
      );
    },
  );
  it('distils a fine-tuned backbone into the export model', () => {
    expect(brief({ method: 'fine-tune', students: [], exportModel: 's', backboneId: 'b' })).toEqual([
      '0 teacher fine-tuned people backbone-head 600',
      '1 distilled scratch teacher s 1000',
      '1 control scratch people s 1000',
    ]);
  });
  it('trains only the head with a frozen backbone', () => {
    expect(brief({ method: 'frozen', students: [], backboneId: 'b' })).toEqual([
      '0 teacher frozen people backbone-head 600',
    ]);
  });
  it('distils without a backbone from a teacher of its own', () => {
    expect(brief({ method: 'distill', teacher: 'm', students: ['s'], exportModel: 'xs', control: false })).toEqual([
      '0 teacher scratch people m 600',
      '1 distilled scratch teacher xs 1000',
    ]);
  });
  it('gives every round a seed of its own, and a control arm that of its student', () => {
    const rounds = planRounds({ ...DEFAULT_RUN_CONFIG, seed: 5, teachers: 3, students: ['s', 's'] });
    expect(rounds.map(({ seed }) => seed)).toEqual([5, 106, 207, 1005, 1005, 2005, 2005]);
  });
  it('keeps the last share for rounds beyond the list', () => {
    const config = { ...DEFAULT_RUN_CONFIG, keepShare: [0.2, 0.4] };
    expect([1, 2, 3].map((index) => keepShareOf(config, index))).toEqual([0.2, 0.4, 0.4]);
  });
});
