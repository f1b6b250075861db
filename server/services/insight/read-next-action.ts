import { must } from '#core/must.ts';
import { nextAction } from '#core/run/next-action.ts';
import type { ProjectStanding } from '#core/run/next-action.ts';
import type { Split } from '#core/project/project.ts';
import { planRounds } from '#core/run/plan-rounds.ts';
import { isRunEnded } from '#core/run/run.ts';
import { perClassFigures } from '#core/math/statistics.ts';
import type { Db } from '#db/client.ts';
import { findBestRound } from '#db/queries/round/map-round.ts';
import { countReview } from '#db/queries/review/insight.ts';
import { listSplitProgress } from '#db/queries/labeling/counter.ts';
import { countSplits } from '#db/queries/image/split.ts';
import { listRuns } from '#db/queries/run/run-read.ts';
import { readReadiness } from '../run/start-run.ts';
import { readGain } from './read-gain.ts';

/** The one thing that moves the project furthest, with the counts the answer rests on. */
export async function readNextAction(db: Db, projectId: string) {
  const [{ classes }, splits, progress, runs, review, best] = await Promise.all([
    readReadiness(db, projectId),
    countSplits(db, projectId),
    listSplitProgress(db, projectId),
    listRuns(db, { projectId }),
    countReview(db, { projectId }),
    findBestRound(db, { projectId }),
  ]);
  const run = runs.find(({ archivedAt }) => archivedAt === null) ?? null;
  const ofRun = run ? await countReview(db, { runId: run.id }) : null;
  const labeled = classes.reduce((sum, { pool }) => sum + pool, 0);
  const validationLabeled = classes.reduce((sum, { validation }) => sum + validation, 0);
  const gain = readGain(runs);
  const waiting = (split: Split): number =>
    progress.filter((one) => one.split === split).reduce((sum, one) => sum + one.total - one.done, 0);
  const measured = run?.rounds.filter(({ metrics, role }) => metrics && role !== 'control').at(-1)?.metrics ?? null;
  const action = nextAction({
    images: splits.pool + splits.validation + splits.test,
    classes: classes.map(({ id, name, pool }) => ({ id, name, labeled: pool })),
    unlabeled: splits.pool - labeled,
    validation: { labeled: validationLabeled, images: splits.validation },
    waiting: { pool: waiting('pool'), validation: waiting('validation') },
    disputed: progress.reduce((sum, { disputed }) => sum + disputed, 0),
    openReview: review.open,
    run: run && {
      number: run.number,
      status: run.status,
      message: run.message,
      labeled: measured?.labeled ?? 0,
      rounds: run.rounds.filter(({ metrics }) => metrics).length,
      openReview: ofRun?.open ?? 0,
      lastRound: hasBegunAll(run),
    },
    best: best && describeBest(best.id, runs, classes),
    lastGain: gain.last,
  });
  return {
    action,
    classes,
    splits,
    labeled,
    validationLabeled,
    review,
    run: run && {
      id: run.id,
      number: run.number,
      status: run.status,
      ended: isRunEnded(run.status),
      message: run.message,
      said: run.said,
    },
  };
}

/** Has every round that learns from people begun, and so frozen what it learns from? */
const hasBegunAll = ({ config, rounds }: Awaited<ReturnType<typeof listRuns>>[number]): boolean =>
  planRounds(config)
    .filter(({ role }) => role !== 'control')
    .every((plan) =>
      rounds.some(
        ({ index, role, member, startedAt }) =>
          index === plan.index && role === plan.role && member === plan.member && startedAt !== null,
      ),
    );

/** The model that stands best, with its weakest class. */
function describeBest(
  roundId: string,
  runs: Awaited<ReturnType<typeof listRuns>>,
  classes: readonly { id: string; name: string }[],
): ProjectStanding['best'] {
  for (const { number, classIds, rounds } of runs) {
    const round = rounds.find(({ id }) => id === roundId);
    if (!round?.metrics) continue;
    const names = classIds.map((id) => classes.find((item) => item.id === id)?.name ?? '');
    return {
      run: number,
      round,
      weakest: weakestClass(round.metrics.confusion, names),
    };
  }
  return null;
}

function weakestClass(confusion: number[][], names: string[]) {
  let weakest: { name: string; recall: number; count: number } | null = null;
  for (const [index, { recall, support }] of perClassFigures(confusion).entries()) {
    if (recall !== null && (!weakest || recall < weakest.recall))
      weakest = { name: must(names, index, 'name of class'), recall, count: support };
  }
  return weakest;
}
