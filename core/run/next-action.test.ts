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
  waiting: { pool: 700, validation: 30 },
  disputed: 0,
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
const best = {
  run: 2,
  round: { index: 1, role: 'student' as const, member: 0 },
  weakest: { name: 'dog', recall: 0.41, count: 50 },
};
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
    // Nobody could label them: the label page has none left.
    expect(kind({ validation: { labeled: 5, images: 100 }, waiting: { pool: 9, validation: 0 } })).toBe('start-run');
  });

  it('IMAGE-30 shows the way out where nothing is held out: a random draw', () => {
    expect(kind({ validation: { labeled: 0, images: 0 } })).toBe('draw-validation');
    expect(kind({ validation: { labeled: 5, images: 5 } })).toBe('draw-validation');
    const none = { pool: 0, validation: 0 };
    expect(kind({ unlabeled: 0, waiting: none, validation: { labeled: 5, images: 5 } })).toBe('start-run');
    expect(validationDraw({ unlabeled: 400, images: 0 })).toBe(100);
    expect(validationDraw({ unlabeled: 10_000, images: 0 })).toBe(200);
    expect(validationDraw({ unlabeled: 12, images: 0 })).toBe(0);
    expect(validationDraw({ unlabeled: 10_000, images: 200 })).toBe(0);
  });

  it('RUN-41 never sends people to label what nobody can label: a fully labeled project has another next step', () => {
    const done = { unlabeled: 0, waiting: { pool: 0, validation: 0 } };
    const all = { labeled: 220, images: 220 };
    // Before a run: learn from all of it, or get what is missing.
    expect(nextAction({ ...ready, ...done, validation: all })).toMatchObject({
      kind: 'start-run',
      why: 'Every image of the pool has an answer: a teacher learns from all of them.',
    });
    expect(nextAction({ ...ready, ...done, validation: { labeled: 0, images: 0 } })).toMatchObject({
      kind: 'import-images',
      title: 'Import images to measure on',
    });
    const one = [
      { id: 'a', name: 'cat', labeled: 40 },
      { id: 'b', name: 'dog', labeled: 0 },
    ];
    expect(nextAction({ ...ready, ...done, classes: one }).why).toContain('the pool has cat');
    expect(kind({ ...done, classes: one, disputed: 3 })).toBe('settle-disputed');
    // After one: with what was labeled since, else out with the model; a skipped or disputed image changes nothing.
    const skipped = { ...done, unlabeled: 2, validation: all };
    expect(nextAction({ ...ready, ...skipped, run: { ...finished, labeled: 12 } })).toMatchObject({
      kind: 'start-run',
      why: 'Nothing waits for an answer, and run 3 learned from 12 of 40 labels.',
    });
    expect(kind({ ...skipped, run: finished })).toBe('export-model');
    expect(kind({ ...skipped, run: finished, disputed: 2 })).toBe('settle-disputed');
    // Nobody is asked twice in vain for validation either.
    expect(kind({ ...done, run: finished, validation: { labeled: 60, images: 250 } })).toBe('export-model');
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
    expect(kind({ run: finished, unlabeled: 0, waiting: { pool: 0, validation: 0 } })).toBe('export-model');
  });
});
