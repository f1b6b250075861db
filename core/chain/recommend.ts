/** What to run, by evidence: which chain fits this project, how long it takes, and why. */
import { backboneLink, scratchLink, scratchSide } from './chain.ts';
import type { ChainLink } from './chain-link.ts';
import type { Measured } from './trial.ts';

export interface BackboneEvidence {
  id: string;
  name: string;
  /** Side at which it looks at this project's images, px. */
  side: number;
  /** Images a second that it embeds here; null before it was measured. */
  rate: number | null;
  /** Pool images that are embedded already. */
  embedded: number;
  /** Of the live teacher on its features, cross-validated; null with too few labels. */
  expected: Measured | null;
}

export interface RecommendInput {
  /** Pool images with and without a human answer. */
  labeled: number;
  unlabeled: number;
  classes: number;
  /** Median longer side of the images, px. */
  photoSide: number;
  gray: boolean;
  /** Installed ones, and how good each was found; empty where none is or none is wanted. */
  backbones: readonly BackboneEvidence[];
  /** Of nets from scratch, trained briefly and measured on labels that they did not see; null before that was tried. */
  scratch: Measured | null;
  /** Images a second at which model S trains here at 32 px, from the engine's own measurement. */
  trainRate: number;
}

export interface Recommendation {
  chain: ChainLink[];
  /** Training steps of a student, and of a teacher from scratch. */
  steps: number;
  teacherSteps: number;
  /** Sentences for the card: what was chosen, and the figures that it rests on. */
  why: string[];
  /** Time it takes here, s; embedding of images that are not embedded yet included. */
  seconds: number;
}

/** Images up to this longer side are small pictures, px. */
const SMALL = 48;
/** Images a step looks at: labeled and pseudo-labeled rows. */
const BATCH = 128;
/** What a step of a model costs against one of S, and what answering an image costs against training on it. */
const STEP_COST = { s: 1, m: 1.6 } as const;
const ANSWER_COST = 1 / 3;
/** Seconds that a second of training takes in all: control arm and witness are trained beside each student. */
const WITH_CONTROL = 2.3;
/** A head on features of 10,000 images, s: graph, propagation and head. */
const HEAD_SECONDS = 10;
/** Of two backbones both teach where the weaker is at most so much behind. */
const TOGETHER = 0.03;
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
  /** Those that teach; none for nets from scratch. */
  teachers: BackboneEvidence[];
  why: string[];
}

function chooseTeacher(input: RecommendInput, best: BackboneEvidence | null): Choice {
  if (!best) return { teachers: [], why: ['No backbone is installed, so nets learn from scratch.'] };
  const { scratch, gray, photoSide } = input;
  const near = input.backbones.filter((one) => accuracyOf(one) >= accuracyOf(best) - TOGETHER && one.expected);
  const teachers = near.length > 1 ? near : [best];
  if (scratch && best.expected) {
    const figures = `${best.name} ${percent(best.expected)}, from scratch ${percent(scratch)}`;
    return scratch.accuracy > best.expected.accuracy
      ? { teachers: [], why: [`Both were tried on your labels: ${figures}. Nets from scratch teach.`] }
      : { teachers, why: [`Both were tried on your labels: ${figures}. The backbone teaches.`] };
  }
  if (gray && photoSide <= SMALL) {
    return {
      teachers: [],
      why: ['Small gray pictures are mostly learned better from scratch than by a backbone of photographs.'],
    };
  }
  const found = best.expected
    ? `${best.name} is right on ${percent(best.expected)} of the labels that it did not see.`
    : `${best.name} knows photographs already; your labels are too few yet to measure how well it suits yours.`;
  return { teachers, why: [found] };
}

/** 94.2% (91–97), of the labels that an accuracy was measured on. */
function percent({ accuracy, interval: [low, high] }: Measured): string {
  const whole = (value: number): string => (100 * value).toFixed(0);
  return `${(100 * accuracy).toFixed(1)}% (${whole(low)}–${whole(high)})`;
}

function onBackbones(input: RecommendInput, { teachers, why }: Choice): Recommendation {
  const { unlabeled, photoSide, labeled } = input;
  const best = teachers[0] as BackboneEvidence;
  const chain = teachers.map(({ id, side }) => backboneLink('teacher', 'frozen', { backboneId: id, side }));
  const sentences = [...why];
  if (teachers.length > 1)
    sentences.push(`${teachers.length} backbones are about as good: their answers are averaged.`);
  const side = scratchSide(photoSide);
  const small = photoSide <= SMALL;
  const steps = stepsOf(labeled + unlabeled);
  if (small && unlabeled >= STUDENT_IMAGES && accuracyOf(best) < GOOD_ENOUGH) {
    chain.push(scratchLink('student', 's', side), scratchLink('student', 's', side));
    sentences.push(
      `Two students from scratch learn its answers on ${unlabeled} images: on pictures this small they surpass it.`,
    );
  } else if (!small) {
    sentences.push('Students from scratch would lose what the backbone knows of photographs, so it stands alone.');
  } else if (unlabeled < STUDENT_IMAGES) {
    sentences.push(`With ${unlabeled} unlabeled images students would find little to learn from.`);
  } else sentences.push('It is so often right that students from scratch would add more mistakes than they mend.');
  return {
    chain,
    steps,
    teacherSteps: TEACHER_STEPS,
    why: sentences,
    seconds: secondsOf(input, chain, teachers, steps),
  };
}

/** Steps of a teacher from scratch: few labels, seen often enough (decision 0012). */
const TEACHER_STEPS = 300;
/** Steps of a student of a pool up to 5,000, and how many passes of a larger pool it takes, to a limit. */
const STUDENT_STEPS = { least: 900, passes: 20, most: 10_000 };

const stepsOf = (images: number): number =>
  Math.min(STUDENT_STEPS.most, Math.max(STUDENT_STEPS.least, Math.round((images * STUDENT_STEPS.passes) / BATCH)));

function fromScratch(input: RecommendInput, why: readonly string[]): Recommendation {
  const { unlabeled, photoSide, labeled } = input;
  const side = scratchSide(photoSide);
  const chain: ChainLink[] = [scratchLink('teacher', 's', side, 3)];
  const sentences = [...why, 'Three small nets are averaged as the teacher.'];
  if (unlabeled > 0) {
    chain.push(scratchLink('student', 's', side), scratchLink('student', 's', side), scratchLink('student', 'm', side));
    sentences.push(`Three students, each of equal or larger size, learn from the ${unlabeled} unlabeled images.`);
  }
  const steps = stepsOf(labeled + unlabeled);
  return { chain, steps, teacherSteps: TEACHER_STEPS, why: sentences, seconds: secondsOf(input, chain, [], steps) };
}

function secondsOf(
  input: RecommendInput,
  chain: readonly ChainLink[],
  teachers: readonly BackboneEvidence[],
  steps: number,
): number {
  const images = input.labeled + input.unlabeled;
  const embedding = teachers.reduce(
    (sum, { rate, embedded }) =>
      sum + (rate ? Math.max(0, images - embedded) / rate : 0) + HEAD_SECONDS * (images / 10_000),
    0,
  );
  const training = chain.reduce((sum, { kind, role, model, side, members }) => {
    if (kind !== 'scratch') return sum;
    const seen = members * (role === 'teacher' ? TEACHER_STEPS : steps) * BATCH + images * ANSWER_COST;
    const cost = STEP_COST[model === 'm' ? 'm' : 's'] * (side / 32) ** 2;
    return sum + (seen * cost * (role === 'student' ? WITH_CONTROL : 1)) / input.trainRate;
  }, 0);
  return embedding + training;
}
