import type { ReviewReason } from '#core/project/project.ts';
import { AUDIT_WEIGHT } from '#core/run/learning.ts';
import { marginOf } from '#core/math/probabilities.ts';
import type { Random } from '#core/math/random.ts';
import { spreadOut } from './k-means.ts';
import type { Points } from './k-means.ts';

/** How the questions to people are mixed (ALGORITHM 3). */
export const REVIEW_MIX = { uncertain: 0.6, 'rare-class': 0.15, audit: 0.15, 'suspect-label': 0.1 } as const;
/** The most uncertain, this many times the quota, compete for being far apart. */
const POOL_FACTOR = 5;
const FLIP_WEIGHT = 0.5;

export interface ReviewInput {
  classCount: number;
  /** Calibrated, [n, classes], of open pool images. */
  probabilities: Float32Array;
  /** The previous round's answers on the same images, by row; null in the first round. */
  previous: ArrayLike<number> | null;
  embeddings: Points;
  prior: readonly number[];
  quota: Quota;
  /** Rows that wait for people already: audited like all others, and not asked for again. */
  waiting: ReadonlySet<number>;
  random: Random;
}

/** What is asked of one part of the pool. */
export interface Quota {
  /** Questions in all, and those among them that are set aside for audits and for rare classes. */
  count: number;
  audits: number;
  rare: number;
  /** Mean number of audits of such a part, which their chance follows from. */
  auditsExpected: number;
}

/** A part of the pool, as shares of it before and after, 0..1. */
export interface PoolPart {
  from: number;
  to: number;
}

/**
 * Deals a round's questions over its pool, so that the parts add up to the whole mix however small each part's share
 * is: a pool of many parts would lose every audit to rounding. Which question is an audit, and where counting starts,
 * is drawn once a round: each image has the same chance.
 */
export function dealQuestions(budget: number, random: Random): (part: PoolPart) => Quota {
  const audits = Math.round(budget * REVIEW_MIX.audit);
  const rare = Math.round(budget * REVIEW_MIX['rare-class']);
  const kinds = random.shuffle(
    Array.from({ length: budget }, (_, i) => (i < audits ? 'audit' : i < audits + rare ? 'rare-class' : 'uncertain')),
  );
  const start = random.next();
  return ({ from, to }) => {
    const mine = kinds.slice(Math.floor(budget * from + start), Math.floor(budget * to + start));
    const count = (kind: string): number => mine.filter((one) => one === kind).length;
    return {
      count: mine.length,
      audits: count('audit'),
      rare: count('rare-class'),
      auditsExpected: audits * (to - from),
    };
  };
}

export interface Question {
  row: number;
  reason: ReviewReason;
  /** Chance of having been drawn; set for audits, whose estimate of precision it makes unbiased. */
  drawProbability: number | null;
  /** Higher is asked first. */
  priority: number;
}

/**
 * Chooses what to ask people: uncertain and diverse images, likely images of rare classes, and a uniform audit. Each
 * image is asked once; the audit is drawn first and from all, waiting ones too, so that it stays a fair sample. Suspect
 * human labels are asked for apart (findSuspects) and taken off the count; the uncertain fill what is left.
 */
export function chooseQuestions(input: ReviewInput): Question[] {
  const { classCount, probabilities, quota, waiting, random } = input;
  const n = probabilities.length / classCount;
  const count = Math.min(quota.count, n);
  if (count <= 0) return [];
  const rows = Array.from({ length: n }, (_, row) => row);
  const questions: Question[] = random
    .shuffle(rows)
    .slice(0, quota.audits)
    .map((row) => ({
      row,
      reason: 'audit',
      drawProbability: Math.min(1, quota.auditsExpected / n),
      priority: AUDIT_WEIGHT,
    }));
  const taken = new Set([...waiting, ...questions.map(({ row }) => row)]);
  const add = (row: number, reason: ReviewReason, priority: number): void => {
    taken.add(row);
    questions.push({ row, reason, drawProbability: null, priority });
  };
  for (const row of likelyRare(input, rows, quota.rare, taken)) add(row, 'rare-class', 0.7);
  const score = uncertainty(input);
  for (const row of uncertainAndDiverse(input, score, count - questions.length, taken))
    add(row, hasFlipped(input, row) ? 'flip' : 'uncertain', score[row] ?? 0);
  return questions;
}

const answerOf = ({ probabilities, classCount }: ReviewInput, row: number): number => {
  let best = 0;
  for (let c = 1; c < classCount; c += 1)
    if ((probabilities[row * classCount + c] ?? 0) > (probabilities[row * classCount + best] ?? 0)) best = c;
  return best;
};

const hasFlipped = (input: ReviewInput, row: number): boolean =>
  input.previous !== null && input.previous[row] !== answerOf(input, row);

/** 1 − margin, more where the last two rounds disagree. */
function uncertainty(input: ReviewInput): Float64Array {
  const n = input.probabilities.length / input.classCount;
  return Float64Array.from(
    { length: n },
    (_, row) => 1 - marginOf(input.probabilities, input.classCount, row) + (hasFlipped(input, row) ? FLIP_WEIGHT : 0),
  );
}

/** Images most likely to belong to the classes with the smallest prior, the rarest third of them. */
function likelyRare(
  { prior, classCount, probabilities }: ReviewInput,
  rows: readonly number[],
  count: number,
  taken: ReadonlySet<number>,
): number[] {
  const rarest = prior
    .map((share, c) => ({ share, c }))
    .sort((a, b) => a.share - b.share || a.c - b.c)
    .slice(0, Math.max(1, Math.ceil(classCount / 3)));
  const chosen: number[] = [];
  const used = new Set(taken);
  for (let i = 0; chosen.length < count && i < count; i += 1) {
    const c = rarest[i % rarest.length]?.c ?? 0;
    let best = -1;
    for (const row of rows) {
      if (
        !used.has(row) &&
        (best < 0 || (probabilities[row * classCount + c] ?? 0) > (probabilities[best * classCount + c] ?? 0))
      )
        best = row;
    }
    if (best < 0) break;
    used.add(best);
    chosen.push(best);
  }
  return chosen;
}

/** The top of the uncertain, thinned to rows whose embeddings lie far apart. */
function uncertainAndDiverse(
  { embeddings, random }: ReviewInput,
  score: Float64Array,
  count: number,
  taken: ReadonlySet<number>,
): number[] {
  if (count <= 0) return [];
  const top = [...score.keys()]
    .filter((row) => !taken.has(row))
    .sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b)
    .slice(0, count * POOL_FACTOR);
  const { width } = embeddings;
  const values = new Float32Array(top.length * width);
  for (const [at, row] of top.entries())
    values.set(embeddings.values.subarray(row * width, (row + 1) * width), at * width);
  return spreadOut(
    { values, count: top.length, width },
    count,
    random,
    top.map((row) => score[row] ?? 0),
  ).map((at) => top[at] ?? 0);
}
