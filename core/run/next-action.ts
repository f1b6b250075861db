import { VALIDATION_WANTED } from '../math/finding.ts';
import type { Gain } from './learning-curve.ts';
import { tell, toldInEnglish } from '../text/told.ts';
import type { Told } from '../text/told.ts';
import type { RoundPlace, RunStatus } from './run.ts';

/** Labels a class below which a teacher hardly learns (ALGORITHM 3: naive rounds fail below about ten). */
export const LABELS_WANTED = 10;
/** Validation labels without which a run cannot be judged at all. */
export const VALIDATION_LEAST = 20;
/** Accuracy that 100 more labels must still promise, at best, to be worth people's time. */
export const GAIN_WORTH = 0.005;

export interface ProjectStanding {
  images: number;
  classes: { id: string; name: string; labeled: number }[];
  unlabeled: number;
  validation: { labeled: number; images: number };
  /** Images that the label page still has for somebody: fewer people answered than are asked. */
  waiting: { pool: number; validation: number };
  /** Images that people disagree on. */
  disputed: number;
  /** Review items of the project that are open, of whichever run: as many as Review shows. */
  openReview: number;
  run: {
    number: number;
    status: RunStatus;
    message: string | null;
    /** Human labels the newest round trained on. */
    labeled: number;
    rounds: number;
    /** It works on its last round: nothing of it is still to freeze its labels. */
    lastRound: boolean;
    /** Of the open review items those that this run has asked. */
    openReview: number;
  } | null;
  /** The model that stands best, whichever run made it, and its class of lowest recall. */
  best: { run: number; round: RoundPlace; weakest: { name: string; recall: number; count: number } | null } | null;
  lastGain: Gain | null;
}

/** Of the unlabeled pool at most this share is set aside for validation. */
const DRAWN_MOST = 0.25;

/** Images to set aside for validation, so that a run can be judged; 0 where the pool is too small or enough are. */
export function validationDraw({ unlabeled, images }: { unlabeled: number; images: number }): number {
  const count = Math.min(VALIDATION_WANTED - images, Math.floor(unlabeled * DRAWN_MOST));
  return count >= 1 && images + count >= Math.min(VALIDATION_LEAST, images + 5) ? count : 0;
}

export const ACTION_KINDS = [
  'add-classes',
  'import-images',
  'label-seed',
  'draw-validation',
  'label-validation',
  'settle-disputed',
  'start-run',
  'watch-run',
  'answer-review',
  'go-on',
  'mend-run',
  'label-more',
  'export-model',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

export interface NextAction {
  kind: ActionKind;
  /** In English, for programs. */
  title: string;
  /** Why this and not another, with the figures it rests on. */
  why: string;
  /** The same for pages, which say it in their language: the reason is one sentence or two. */
  said: { title: Told; why: readonly Told[] };
}

/** What is to be done, its title and its reasons. */
type Advice = readonly [kind: ActionKind, title: Told, ...why: Told[]];

const points = (share: number): string => `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)}`;

/** The one thing that moves the project furthest now. The first rule that applies decides. */
export function nextAction(standing: ProjectStanding): NextAction {
  const [kind, title, ...why] =
    setUp(standing) ?? duringRun(standing) ?? seed(standing) ?? stuck(standing) ?? afterRun(standing);
  return { kind, title: toldInEnglish(title), why: why.map(toldInEnglish).join(' '), said: { title, why } };
}

function setUp({ images, classes }: ProjectStanding): Advice | null {
  if (classes.length < 2)
    return ['add-classes', tell('next.addClasses'), tell('next.addClassesWhy', { count: classes.length })];
  if (images === 0) return ['import-images', tell('next.importImages'), tell('next.importImagesWhy')];
  return null;
}

function duringRun({ run: current, openReview }: ProjectStanding): Advice | null {
  if (!current) return null;
  const { number: run, status, message } = current;
  const answer = tell('next.answer', { count: openReview });
  if (status === 'waiting-review') {
    if (current.openReview === 0) return ['go-on', tell('next.goOn', { run }), tell('next.goOnWhy')];
    const why = message === null ? tell('next.waitsForPeople', { run }) : tell('next.asItIs', { message });
    return ['answer-review', answer, why];
  }
  if (status === 'failed') {
    const why = message === null ? tell('next.failedWhy') : tell('next.asItIs', { message });
    return ['mend-run', tell('next.failed', { run }), why];
  }
  if (status === 'paused') return ['mend-run', tell('next.resume', { run }), tell('next.resumeWhy')];
  if (status !== 'queued' && status !== 'training') return null;
  return openReview > 0
    ? [
        'answer-review',
        tell('next.answerWhile', { count: openReview, run }),
        tell(current.lastRound ? 'next.answerTooLate' : 'next.answerJoins'),
      ]
    : [
        'watch-run',
        tell('next.follow', { run }),
        tell(status === 'queued' ? 'next.followQueued' : 'next.followTraining'),
      ];
}

function seed({ classes, validation, unlabeled, waiting, run }: ProjectStanding): Advice | null {
  const short = classes.filter(({ labeled }) => labeled < LABELS_WANTED).sort((a, b) => a.labeled - b.labeled);
  if (short.length > 0 && waiting.pool > 0 && !run) {
    const names = short
      .slice(0, 3)
      .map(({ name, labeled }) => `${name} (${labeled})`)
      .join(', ');
    const more = short.length - 3;
    return [
      'label-seed',
      tell('next.seed', { wanted: LABELS_WANTED }),
      more > 0 ? tell('next.seedWhyMore', { names, more }) : tell('next.seedWhy', { names }),
    ];
  }
  const { images, labeled } = validation;
  const draw = validationDraw({ unlabeled, images });
  if (images < VALIDATION_LEAST && draw > 0) {
    const few = images === 0 ? tell('next.drawNone') : tell('next.drawFew', { count: images });
    return ['draw-validation', tell('next.draw'), few, tell('next.drawWhy', { draw })];
  }
  if (labeled < VALIDATION_LEAST && waiting.validation > 0)
    return ['label-validation', tell('next.validation'), tell('next.validationWhy', { labeled, images })];
  return null;
}

/** Nobody can label what a run still lacks: there are no more images for it, or people disagree on them. */
function stuck({ classes, validation, disputed, run }: ProjectStanding): Advice | null {
  const taught = classes.filter(({ labeled }) => labeled > 0);
  if (run || (taught.length >= 2 && validation.labeled > 0)) return null;
  if (disputed > 0) return settle(disputed);
  if (taught.length < 2) {
    const names = taught.map(({ name }) => name).join();
    const why = names === '' ? tell('next.moreClassesNone') : tell('next.moreClassesOne', { names });
    return ['import-images', tell('next.moreClasses'), why];
  }
  const why = tell(validation.images === 0 ? 'next.measureNone' : 'next.measureUnlabeled');
  return ['import-images', tell('next.measure'), why];
}

const settle = (disputed: number): Advice => [
  'settle-disputed',
  tell('next.settle', { count: disputed }),
  tell('next.settleWhy'),
];

function afterRun(standing: ProjectStanding): Advice {
  const { run, classes, best, openReview, lastGain, waiting, unlabeled, validation, disputed } = standing;
  if (!run || run.rounds === 0)
    return ['start-run', tell('next.start'), tell(unlabeled === 0 ? 'next.startAll' : 'next.startSeed')];
  if (openReview > 0) return ['answer-review', tell('next.answer', { count: openReview }), tell('next.answerWhy')];
  if (lastGain && lastGain.interval[1] < GAIN_WORTH) {
    const [gain, most] = [points(lastGain.perHundred), points(lastGain.interval[1])];
    return ['export-model', tell('next.stop'), tell('next.stopWhy', { labels: lastGain.labels, gain, most })];
  }
  if (validation.labeled < VALIDATION_WANTED && waiting.validation > 0)
    return [
      'label-validation',
      tell('next.moreValidation'),
      tell('next.moreValidationWhy', { labeled: validation.labeled, wanted: VALIDATION_WANTED }),
    ];
  if (waiting.pool === 0) {
    if (disputed > 0) return settle(disputed);
    const labeled = classes.reduce((sum, one) => sum + one.labeled, 0);
    const why = tell('next.startEveryWhy', { run: run.number, learned: run.labeled, labeled });
    return labeled > run.labeled
      ? ['start-run', tell('next.startEvery'), why]
      : ['export-model', tell('next.export'), tell('next.exportWhy')];
  }
  const gained = lastGain
    ? [tell('next.lastGain', { labels: lastGain.labels, gain: points(lastGain.perHundred) })]
    : [];
  if (!best?.weakest) return ['label-more', tell('next.more'), tell('next.pays'), ...gained];
  return ['label-more', tell('next.moreOf', { class: best.weakest.name }), tellWeakest(best, best.weakest), ...gained];
}

function tellWeakest(
  { run, round: { role, index } }: NonNullable<ProjectStanding['best']>,
  { name, recall, count }: { name: string; recall: number; count: number },
): Told {
  const values = { class: name, run, index, recall: `${Math.round(recall * 100)}%`, count };
  return tell(`next.weakest.${role}`, values);
}
