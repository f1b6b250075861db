import { plural } from '../text.ts';
import { VALIDATION_WANTED } from '../math/finding.ts';
import type { Gain } from './learning-curve.ts';
import type { RunStatus } from './run.ts';

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
  best: { name: string; weakest: { name: string; recall: number; count: number } | null } | null;
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
  title: string;
  /** Why this and not another, with the figures it rests on. */
  why: string;
}

const points = (share: number): string => `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)} points`;

/** The one thing that moves the project furthest now. The first rule that applies decides. */
export function nextAction(standing: ProjectStanding): NextAction {
  return setUp(standing) ?? duringRun(standing) ?? seed(standing) ?? stuck(standing) ?? afterRun(standing);
}

function setUp({ images, classes }: ProjectStanding): NextAction | null {
  if (classes.length < 2)
    return {
      kind: 'add-classes',
      title: 'Name at least two classes',
      why: `A model tells classes apart; this project has ${plural(classes.length, 'class', 'classes')}.`,
    };
  if (images === 0) return { kind: 'import-images', title: 'Import images', why: 'There is nothing to label yet.' };
  return null;
}

function duringRun({ run, openReview }: ProjectStanding): NextAction | null {
  if (!run) return null;
  if (run.status === 'waiting-review') {
    return run.openReview > 0
      ? {
          kind: 'answer-review',
          title: `Answer ${plural(openReview, 'review item')}`,
          why: run.message ?? `Run ${run.number} waits for people before its next round.`,
        }
      : {
          kind: 'go-on',
          title: `Let run ${run.number} go on`,
          why: 'Its review items are answered; it waits for your word.',
        };
  }
  if (run.status === 'failed')
    return {
      kind: 'mend-run',
      title: `See why run ${run.number} failed`,
      why: run.message ?? 'It stopped with an error and can be resumed.',
    };
  if (run.status === 'paused')
    return { kind: 'mend-run', title: `Resume run ${run.number}`, why: 'It is paused and loses nothing by waiting.' };
  if (run.status !== 'queued' && run.status !== 'training') return null;
  return openReview > 0
    ? {
        kind: 'answer-review',
        title: `Answer ${plural(openReview, 'review item')} while run ${run.number} trains`,
        why: run.lastRound
          ? 'Answers given now come too late for its last round and count for the next run.'
          : 'Answers given now join the next round.',
      }
    : {
        kind: 'watch-run',
        title: `Follow run ${run.number}`,
        why: run.status === 'queued' ? 'It waits for a free trainer.' : 'It is training; nothing waits for people.',
      };
}

function seed({ classes, validation, unlabeled, waiting, run }: ProjectStanding): NextAction | null {
  const short = classes.filter(({ labeled }) => labeled < LABELS_WANTED).sort((a, b) => a.labeled - b.labeled);
  if (short.length > 0 && waiting.pool > 0 && !run) {
    const names = short
      .slice(0, 3)
      .map(({ name, labeled }) => `${name} (${labeled})`)
      .join(', ');
    return {
      kind: 'label-seed',
      title: `Label at least ${LABELS_WANTED} images of every class`,
      why: `Below that, pseudo-labels are mostly wrong. Shortest now: ${names}${
        short.length > 3 ? ` and ` + `${short.length - 3} more` : ''
      }.`,
    };
  }
  const draw = validationDraw({ unlabeled, images: validation.images });
  if (validation.images < VALIDATION_LEAST && draw > 0) {
    return {
      kind: 'draw-validation',
      title: 'Set images aside for validation',
      why:
        `${
          validation.images === 0
            ? 'No image is'
            : `Only ${plural(validation.images, 'image')} ` + `${validation.images === 1 ? 'is' : 'are'}`
        } held out, so no run could be judged. ${draw} drawn at random ` +
        `from the unlabeled pool would do; people label them.`,
    };
  }
  if (validation.labeled < VALIDATION_LEAST && waiting.validation > 0) {
    return {
      kind: 'label-validation',
      title: 'Label validation images',
      why:
        `${validation.labeled} of ${validation.images} have an answer. Rounds are judged on them, and only people ` +
        `fill them.`,
    };
  }
  return null;
}

/** Nobody can label what a run still lacks: there are no more images for it, or people disagree on them. */
function stuck({ classes, validation, disputed, run }: ProjectStanding): NextAction | null {
  const taught = classes.filter(({ labeled }) => labeled > 0);
  if (run || (taught.length >= 2 && validation.labeled > 0)) return null;
  if (disputed > 0) return settle(disputed);
  if (taught.length < 2)
    return {
      kind: 'import-images',
      title: 'Import images of more classes',
      why:
        `A run needs answers of two classes; the pool has ${taught.map(({ name }) => name).join() || 'none'}, and ` +
        `nothing in it waits for an answer.`,
    };
  return {
    kind: 'import-images',
    title: 'Import images to measure on',
    why:
      `Every image of the pool has an answer, ${validation.images === 0 ? 'none is held out' : 'none held out has'}, ` +
      `so no run could be judged: of new images a share is drawn into validation.`,
  };
}

const settle = (disputed: number): NextAction => ({
  kind: 'settle-disputed',
  title: `Settle ${plural(disputed, 'image')} that people disagree on`,
  why: 'Nothing is learned from them until a lead decides.',
});

function afterRun(standing: ProjectStanding): NextAction {
  const { run, classes, best, openReview, lastGain, waiting, unlabeled, validation, disputed } = standing;
  if (!run || run.rounds === 0)
    return {
      kind: 'start-run',
      title: 'Start a run',
      why:
        unlabeled === 0
          ? 'Every image of the pool has an answer: a teacher learns from all of them.'
          : 'The seed is labeled: a teacher can learn from it and label the pool.',
    };
  if (openReview > 0)
    return {
      kind: 'answer-review',
      title: `Answer ${plural(openReview, 'review item')}`,
      why: 'Images that the model is unsure of teach it most.',
    };
  if (lastGain && lastGain.interval[1] < GAIN_WORTH) {
    return {
      kind: 'export-model',
      title: 'Stop labeling and export the model',
      why:
        `The last ${lastGain.labels} labels brought ${points(lastGain.perHundred)} per 100, at best ` +
        `${points(lastGain.interval[1])}.`,
    };
  }
  if (validation.labeled < VALIDATION_WANTED && waiting.validation > 0) {
    return {
      kind: 'label-validation',
      title: 'Label more validation images',
      why:
        `With ${validation.labeled} of them a few points of difference cannot be told from chance; ` +
        `${VALIDATION_WANTED} can.`,
    };
  }
  if (waiting.pool === 0) {
    if (disputed > 0) return settle(disputed);
    const labeled = classes.reduce((sum, one) => sum + one.labeled, 0);
    return labeled > run.labeled
      ? {
          kind: 'start-run',
          title: 'Start a run with every label',
          why: `Nothing waits for an answer, and run ${run.number} learned from ${run.labeled} of ${labeled} labels.`,
        }
      : {
          kind: 'export-model',
          title: 'Export the model',
          why: 'Every image has a human answer, and it learned from all of them.',
        };
  }
  const weakest = best?.weakest;
  const why = weakest
    ? `${weakest.name} is the weakest class of ${best.name}: recall ${Math.round(weakest.recall * 100)}% of ` +
      `${weakest.count}.`
    : 'More labels still pay.';
  return {
    kind: 'label-more',
    title: weakest ? `Label more images of ${weakest.name}` : 'Label more images',
    why: lastGain ? `${why} The last ${lastGain.labels} labels brought ${points(lastGain.perHundred)} per 100.` : why,
  };
}
