/** What to run, by evidence: which chain fits this project, how long it takes, and why. */
import { backboneLink, scratchLink, scratchSide } from '../chain/chain.ts';
import type { ChainLink } from '../chain/chain-link.ts';
import type { Measured, TrialFigures } from './trial.ts';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import { estimateSeconds } from '../run/run-time.ts';
import { inEnglish } from '../text/in-english.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

export interface BackboneEvidence {
  id: string;
  name: string;
  /** Side at which it looks at this project's images, px. */
  side: number;
  /** Images a second that it embeds here at that side; null before it was measured. */
  rate: number | null;
  /** Of the live teacher on its features, cross-validated; null with too few labels. */
  expected: Measured | null;
}

export interface RecommendInput {
  /** Pool images with and without a human answer. */
  labeled: number;
  unlabeled: number;
  /** Images of validation and test; they are looked at too. */
  heldOut?: number;
  classes: number;
  /** Median longer side of the images, px. */
  photoSide: number;
  gray: boolean;
  /** Installed ones, and how good each was found; empty where none is or none is wanted. */
  backbones: readonly BackboneEvidence[];
  /** Of nets from scratch, trained briefly and measured on labels that they did not see; null before that was tried. */
  trial: TrialFigures | null;
  /** Images a second at which model S trains here at 32 px, as measured. */
  trainRate: number;
  /** Images whose features are kept already, by `featuresKey`. */
  held?: ReadonlyMap<string, number>;
}

export interface Recommendation {
  chain: ChainLink[];
  /** Training steps of a student, and of a teacher from scratch. */
  steps: number;
  teacherSteps: number;
  /** Sentences for the card: what was chosen, and the figures that it rests on. */
  why: string[];
  /** The same as keys, for pages. */
  said: Said[];
  /** Time it takes here, s. */
  seconds: number;
}

/** Images up to this longer side are small pictures, px. */
const SMALL = 48;
/** Images a step looks at: labeled and pseudo-labeled rows. */
const BATCH = 128;
/** Of two backbones both teach where the weaker is at most so much behind. */
const TOGETHER = 0.03;
/** A net from scratch teaches beside a backbone where their mean was found so much better than the better one. */
const TOGETHER_GAIN = 0.02;
/** A student from scratch that a backbone teaches needs so many images to learn from. */
const STUDENT_IMAGES = 1000;
/** Past this accuracy a student from scratch has been found to lose more than it finds. */
const GOOD_ENOUGH = 0.9;

/**
 * Recommends a chain. A backbone is not always the better teacher: on photographs it wins by thirty points, on digits
 * and drawings it loses by ten. Where both were tried the better one teaches; before that, photographs go to the
 * backbone and small gray pictures to nets from scratch.
 *
 *   recommendRun({ labeled: 40, unlabeled: 360, classes: 2, photoSide: 300, gray: false, backbones: [builtIn], ... })
 *   // { chain: [{ role: 'teacher', kind: 'frozen', … }], why: ['…'], seconds: 25, … }
 */
export function recommendRun(input: RecommendInput): Recommendation {
  const best = [...input.backbones].sort((a, b) => accuracyOf(b) - accuracyOf(a))[0] ?? null;
  const choice = chooseTeacher(input, best);
  return choice.teachers.length > 0 ? onBackbones(input, choice) : fromScratch(input, choice.why);
}

const accuracyOf = ({ expected }: BackboneEvidence): number => expected?.accuracy ?? 0;

interface Choice {
  /** Backbones that teach; none for nets from scratch. */
  teachers: BackboneEvidence[];
  /** A net from scratch teaches beside them. */
  beside?: boolean;
  why: Said[];
}

function chooseTeacher(input: RecommendInput, best: BackboneEvidence | null): Choice {
  if (!best) return { teachers: [], why: [say('why.noBackbone')] };
  const { trial, gray, photoSide } = input;
  const near = input.backbones.filter((one) => accuracyOf(one) >= accuracyOf(best) - TOGETHER && one.expected);
  const teachers = near.length > 1 ? near : [best];
  if (trial) {
    // Both on the very same labels, where the trial asked both; else the backbone's own figure.
    const known = trial.backbone ?? best.expected;
    if (known) return weigh(input, { trial, known, best, teachers });
  }
  if (gray && photoSide <= SMALL) {
    return {
      teachers: [],
      why: [say('why.smallGray')],
    };
  }
  const found = best.expected
    ? say('why.measured', { name: best.name, accuracy: percent(best.expected) })
    : say('why.unmeasured', { name: best.name });
  return { teachers, why: [found] };
}

/** What a trial of both says: the better one teaches, or both where their mean is better than either. */
function weigh(
  { unlabeled, photoSide }: RecommendInput,
  {
    trial: { scratch, together },
    known,
    best,
    teachers,
  }: { trial: TrialFigures; known: Measured; best: BackboneEvidence; teachers: BackboneEvidence[] },
): Choice {
  const figures = { name: best.name, known: percent(known), scratch: percent(scratch) };
  const better = Math.max(known.accuracy, scratch.accuracy);
  const students = photoSide <= SMALL && unlabeled >= STUDENT_IMAGES;
  if (students && together && together.accuracy >= better + TOGETHER_GAIN)
    return {
      teachers,
      beside: true,
      why: [say('why.triedTogether', { ...figures, together: percent(together) }), say('why.teachTogether')],
    };
  return scratch.accuracy > known.accuracy
    ? { teachers: [], why: [say('why.triedScratch', figures)] }
    : { teachers, why: [say('why.triedBackbone', figures)] };
}

/** 94.2% (91–97), of the labels that an accuracy was measured on. */
function percent({ accuracy, interval: [low, high] }: Measured): string {
  const whole = (value: number): string => (100 * value).toFixed(0);
  return `${(100 * accuracy).toFixed(1)}% (${whole(low)}–${whole(high)})`;
}

function onBackbones(input: RecommendInput, { teachers, beside, why }: Choice): Recommendation {
  const { unlabeled, photoSide, labeled } = input;
  const best = teachers[0] as BackboneEvidence;
  const chain = teachers.map(({ id, side }) => backboneLink('teacher', 'frozen', { backboneId: id, side }));
  const sentences = [...why];
  if (teachers.length > 1) sentences.push(say('why.averaged', { count: teachers.length }));
  const side = scratchSide(photoSide);
  const small = photoSide <= SMALL;
  const steps = stepsOf(labeled + unlabeled);
  if (beside) chain.unshift(scratchLink('teacher', 's', side));
  if (small && unlabeled >= STUDENT_IMAGES && (beside || accuracyOf(best) < GOOD_ENOUGH)) {
    chain.push(scratchLink('student', 's', side), scratchLink('student', 's', side));
    sentences.push(say('why.surpass', { count: unlabeled }));
  } else if (!small) {
    sentences.push(say('why.alone'));
  } else if (unlabeled < STUDENT_IMAGES) {
    sentences.push(say('why.fewUnlabeled', { count: unlabeled }));
  } else sentences.push(say('why.goodAlready'));
  return {
    chain,
    steps,
    teacherSteps: TEACHER_STEPS,
    why: sentences.map(inEnglish),
    said: sentences,
    seconds: secondsOf(input, chain, steps),
  };
}

/** Steps of a teacher from scratch: few labels, seen often enough (decision 0012). */
const TEACHER_STEPS = 300;
/** Steps of a student of a pool up to 5,000, and how many passes of a larger pool it takes, to a limit. */
const STUDENT_STEPS = { least: 900, passes: 20, most: 10_000 };

const stepsOf = (images: number): number =>
  Math.min(STUDENT_STEPS.most, Math.max(STUDENT_STEPS.least, Math.round((images * STUDENT_STEPS.passes) / BATCH)));

function fromScratch(input: RecommendInput, why: readonly Said[]): Recommendation {
  const { unlabeled, photoSide, labeled } = input;
  const side = scratchSide(photoSide);
  const chain: ChainLink[] = [scratchLink('teacher', 's', side, 3)];
  const sentences = [...why, say('why.threeTeachers')];
  if (unlabeled > 0) {
    chain.push(scratchLink('student', 's', side), scratchLink('student', 's', side), scratchLink('student', 'm', side));
    sentences.push(say('why.threeStudents', { count: unlabeled }));
  }
  const steps = stepsOf(labeled + unlabeled);
  return {
    chain,
    steps,
    teacherSteps: TEACHER_STEPS,
    why: sentences.map(inEnglish),
    said: sentences,
    seconds: secondsOf(input, chain, steps),
  };
}

function secondsOf(input: RecommendInput, chain: ChainLink[], steps: number): number {
  const embedRates = new Map(
    input.backbones.flatMap(({ id, rate, side }) => (rate === null ? [] : [[id, { rate, side }] as const])),
  );
  return estimateSeconds(
    { ...DEFAULT_RUN_CONFIG, chain, steps, teacherSteps: TEACHER_STEPS },
    {
      images: input.labeled + input.unlabeled,
      heldOut: input.heldOut ?? 0,
      speeds: { trainRate: input.trainRate, embedRates, held: input.held ?? new Map() },
    },
  );
}
