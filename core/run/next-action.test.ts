import { describe, expect, it } from 'vitest';
import { nextAction, validationDraw } from './next-action.ts';
import type { ProjectStanding } from './next-action.ts';

const ready: ProjectStanding = {
  images: 1000,
  classes: [
    { id: 'a', name: 'cat', labeled: 20 },
    { id: 'b', name: 'dog', labeled: 20 },
  ],
  unlabeled: 700,
  validation: { labeled: 220, images: 250 },
  openReview: 0,
  run: null,
  best: null,
  lastGain: null,
};
const finished: ProjectStanding['run'] = {
  number: 3,
  status: 'finished',
  message: null,
  labeled: 40,
  rounds: 3,
  lastRound: true,
  openReview: 0,
};
const best = { name: 'run 2, student 1', weakest: { name: 'dog', recall: 0.41, count: 50 } };
const kind = (change: Partial<ProjectStanding>) => nextAction({ ...ready, ...change }).kind;

describe('RUN-28 next best action', () => {
  it('sets the project up first: classes, then images', () => {
    expect(kind({ classes: [], images: 0 })).toBe('add-classes');
    expect(kind({ images: 0 })).toBe('import-images');
  });

  it('asks for a seed of every class, naming the shortest', () => {
    const action = nextAction({
      ...ready,
      classes: [
        { id: 'a', name: 'cat', labeled: 12 },
        { id: 'b', name: 'dog', labeled: 3 },
      ],
    });
    expect(action.kind).toBe('label-seed');
    expect(action.why).toContain('dog (3)');
  });

  it('asks for validation labels before a run that could not be judged', () => {
    expect(kind({ validation: { labeled: 5, images: 100 } })).toBe('label-validation');
    expect(kind({ validation: { labeled: 20, images: 20 } })).toBe('start-run');
  });

  it('IMAGE-30 shows the way out where nothing is held out: a random draw', () => {
    expect(kind({ validation: { labeled: 0, images: 0 } })).toBe('draw-validation');
    expect(kind({ validation: { labeled: 5, images: 5 } })).toBe('draw-validation');
    expect(kind({ unlabeled: 0, validation: { labeled: 5, images: 5 } })).toBe('start-run');
    expect(validationDraw({ unlabeled: 400, images: 0 })).toBe(100);
    expect(validationDraw({ unlabeled: 10_000, images: 0 })).toBe(200);
    expect(validationDraw({ unlabeled: 12, images: 0 })).toBe(0);
    expect(validationDraw({ unlabeled: 10_000, images: 200 })).toBe(0);
  });

  it('starts a run once the seed is there', () => {
    expect(kind({})).toBe('start-run');
  });

  it('puts a waiting run before everything else that people could do', () => {
    const run = { ...finished, status: 'waiting-review' as const };
    expect(nextAction({ ...ready, run: { ...run, openReview: 5 }, openReview: 12 })).toMatchObject({
      kind: 'answer-review',
      title: 'Answer 12 review items',
    });
    // What an earlier run asked does not hold this one up.
    expect(kind({ run, openReview: 12 })).toBe('go-on');
    expect(kind({ run: { ...finished, status: 'failed' } })).toBe('mend-run');
    expect(kind({ run: { ...finished, status: 'training' }, openReview: 4 })).toBe('answer-review');
    expect(kind({ run: { ...finished, status: 'training' } })).toBe('watch-run');
  });

  it('promises answers to the next round only while one is still to begin', () => {
    const why = (lastRound: boolean) =>
      nextAction({ ...ready, run: { ...finished, status: 'training', lastRound }, openReview: 4 }).why;
    expect(why(false)).toContain('next round');
    expect(why(true)).toContain('next run');
  });

  it('says stop only when even the upper end of the interval is not worth the work', () => {
    expect(kind({ run: finished, lastGain: { labels: 100, perHundred: 0.001, interval: [-0.002, 0.004] } })).toBe(
      'export-model',
    );
    expect(kind({ run: finished, lastGain: { labels: 100, perHundred: 0.001, interval: [-0.03, 0.03] } })).toBe(
      'label-more',
    );
  });

  it('names the weakest class with its count', () => {
    const action = nextAction({ ...ready, run: finished, best });
    expect(action.title).toBe('Label more images of dog');
    expect(action.why).toContain('weakest class of run 2, student 1: recall 41% of 50');
  });

  it('wants more validation labels while differences cannot be told from chance', () => {
    expect(kind({ run: finished, validation: { labeled: 60, images: 250 } })).toBe('label-validation');
    expect(kind({ run: finished, unlabeled: 0 })).toBe('export-model');
  });
});
