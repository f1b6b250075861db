import { must } from '#core/must.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { Db } from '#db/client.ts';
import { countGone } from '#db/queries/image/aside.ts';
import { countReview } from '#db/queries/review/insight.ts';
import { getRun, listRounds, findLatestRun } from '#db/queries/run/run-read.ts';
import { findUnsurePrediction } from '#db/queries/round/round-read.ts';
import { readRunClasses } from '../round/read-figures.ts';
import { readStandings } from '../round/read-standings.ts';

/**
 * A run with its rounds, its classes in vector order, what waits for people, and how many images of its rounds were put
 * aside since (IMAGE-23).
 */
export async function readRun(db: Db, input: { projectId: string; runId: string }) {
  const run = await getRun(db, input);
  const [rounds, review, classes, imagesGone] = await Promise.all([
    listRounds(db, { runId: run.id }),
    countReview(db, { runId: run.id }),
    readRunClasses(db, run),
    countGone(db, { projectId: run.projectId, runId: run.id }),
  ]);
  const standings = await Promise.all(rounds.map((round) => readStandings(db, run, round, rounds)));
  return {
    ...run,
    rounds: rounds.map((round, at) => ({
      ...round,
      ...originOf(run.config, round),
      standings: must(standings, at, 'standings of round'),
    })),
    review,
    classes,
    imagesGone,
  };
}

/**
 * One real, unsure prediction of the project's newest round, to show what a temperature does; null before any round has
 * scored.
 */
export async function readSamplePrediction(db: Db, projectId: string) {
  const run = await findLatestRun(db, projectId);
  if (!run) return null;
  const rounds = await listRounds(db, { runId: run.id });
  for (const round of rounds.filter(({ role }) => role !== 'control').reverse()) {
    const sample = await findUnsurePrediction(db, { roundId: round.id });
    if (sample) return { ...sample, runNumber: run.number, index: round.index, classes: await readRunClasses(db, run) };
  }
  return null;
}
