import { mcNemar, pairedDifference } from '#core/math/statistics.ts';
import type { PairedCounts } from '#core/math/statistics.ts';
import type { Db } from '#db/client.ts';
import { diffPseudoLabels, diffRoundLabels } from '#db/queries/round/round-diff.ts';
import { countFlips, countPaired } from '#db/queries/round/round-read.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import type { RoundRow } from '#db/queries/run/run-read.ts';
import { readRunClasses } from './read-figures.ts';

/** How the first stands against the second on the validation images that both scored. */
export function summarizePairs(counts: PairedCounts) {
  const n = counts.both + counts.onlyFirst + counts.onlySecond + counts.neither;
  return {
    ...counts,
    n,
    firstAccuracy: n === 0 ? null : (counts.both + counts.onlyFirst) / n,
    secondAccuracy: n === 0 ? null : (counts.both + counts.onlySecond) / n,
    ...pairedDifference(counts),
    p: mcNemar(counts.onlyFirst, counts.onlySecond).twoSided,
  };
}

const NOTHING: PairedCounts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
const add = (a: PairedCounts, b: PairedCounts): PairedCounts => ({
  both: a.both + b.both,
  onlyFirst: a.onlyFirst + b.onlyFirst,
  onlySecond: a.onlySecond + b.onlySecond,
  neither: a.neither + b.neither,
});

type Comparable = Pick<RoundRow, 'id' | 'run'>;

/** Query parameters of a pair: `now` is the second round, `then` the first. */
export const pairOf = (first: Comparable, second: Comparable) => ({
  roundId: second.id,
  otherRoundId: first.id,
  classIds: second.run.classIds,
  otherClassIds: first.run.classIds,
});

/** The paired figures alone: what the control arm and the round table need. */
export async function readPaired(db: Db, first: Comparable, second: Comparable) {
  const rows = await countPaired(db, pairOf(first, second));
  const byClass = rows.map(({ truthClassId, both, onlyNow, onlyThen, neither }) => ({
    classId: truthClassId,
    counts: { both, onlyFirst: onlyThen, onlySecond: onlyNow, neither },
  }));
  return { byClass, total: summarizePairs(byClass.reduce((sum, { counts }) => add(sum, counts), NOTHING)) };
}

/**
 * Compares any two rounds of a project: exact McNemar and Newcombe's interval on validation, recall by class, and what
 * moved in the pool.
 */
export async function compareRounds(db: Db, input: { projectId: string; roundId: string; otherRoundId: string }) {
  const [first, second] = await Promise.all([
    getRound(db, { projectId: input.projectId, roundId: input.roundId }),
    getRound(db, { projectId: input.projectId, roundId: input.otherRoundId }),
  ]);
  const sets = {
    roundId: first.id,
    otherRoundId: second.id,
    classIds: first.run.classIds,
    otherClassIds: second.run.classIds,
  };
  const [paired, flips, classes, labels, pseudo] = await Promise.all([
    readPaired(db, first, second),
    countFlips(db, pairOf(first, second)),
    readRunClasses(db, second.run),
    diffRoundLabels(db, sets),
    diffPseudoLabels(db, sets),
  ]);
  return {
    first,
    second,
    flips,
    /** What each was trained on, frozen: how the second differs from the first. */
    learned: { labels, pseudo },
    validation: paired.total,
    classes: classes.map((item) => {
      const counts = paired.byClass.find(({ classId }) => classId === item.id)?.counts ?? NOTHING;
      return { ...item, ...summarizePairs(counts) };
    }),
  };
}
