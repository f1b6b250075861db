import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '#core/events.ts';
import { createProgress } from './progress.ts';

const start = () => {
  const sent: DomainEvent[] = [];
  const clock = { now: 0 };
  const progress = createProgress(
    { projectId: 'p', runId: 'r', roundId: 'd' },
    { send: (event) => sent.push(event), now: () => clock.now },
  );
  return { sent, clock, progress };
};
const point = (step: number, valAccuracy: number | null = null) => ({
  step,
  steps: 100,
  lossLabeled: 1,
  lossPseudo: null,
  learningRate: 0.1,
  imagesPerSecond: 50,
  valAccuracy,
});

describe('progress of a round', () => {
  it('tells the time left at the pace of this stage, counted from where it began', () => {
    const { sent, clock, progress } = start();
    progress.report('training', 40, 100);
    clock.now = 2000;
    progress.report('training', 60, 100);
    expect(sent.at(-1)).toMatchObject({
      name: 'round:progressed',
      stage: 'training',
      done: 60,
      total: 100,
      secondsLeft: 4,
    });
  });
  it('announces at most four a second, and always the first and the last of a stage', () => {
    const { sent, clock, progress } = start();
    for (let done = 1; done <= 100; done += 1) {
      clock.now += 10;
      progress.report('training', done, 100);
      progress.point(point(done));
    }
    progress.report('evaluating', 0, 1);
    const reports = sent.filter(({ name }) => name === 'round:progressed');
    expect(reports.length).toBeLessThanOrEqual(7);
    expect(reports.at(-2)).toMatchObject({ stage: 'training', done: 100 });
    expect(reports.at(-1)).toMatchObject({ stage: 'evaluating', secondsLeft: null });
    const points = sent.flatMap((event) => (event.name === 'round:curve' ? [event.point.step] : []));
    expect(points.length).toBeLessThanOrEqual(6);
    expect(points.at(-1)).toBe(100);
  });
  it('never holds back a point that carries a validation figure', () => {
    const { sent, progress } = start();
    progress.point(point(1));
    progress.point(point(2, 0.5));
    expect(sent).toHaveLength(2);
  });
});
