import { gains, learningCurve } from '#core/learning-curve.ts';
import { wilsonInterval } from '#core/statistics.ts';
import type { Db } from '#db/client.ts';
import { listRuns } from '#db/queries/run-read.ts';

type Runs = Awaited<ReturnType<typeof listRuns>>;

/** Human labels against accuracy over every run of a project: what people's work has bought. */
export function readGain(runs: Runs) {
  const rounds = runs.flatMap((run) => run.rounds.map((round) => ({ ...round, runNumber: run.number })));
  const points = rounds.flatMap(({ id, role, index, runNumber, metrics, rolledBackAt }) =>
    metrics && role !== 'control' && !rolledBackAt
      ? [{ roundId: id, runNumber, index, labels: metrics.labeled, accuracy: metrics.valAccuracy, count: metrics.valCount }] : []);
  const curve = learningCurve(points);
  return {
    points,
    curve: curve.map((point) => ({ ...point, interval: wilsonInterval(Math.round(point.accuracy * point.count), point.count) })),
    ...gains(curve),
  };
}

export const loadGain = async (db: Db, projectId: string) => readGain(await listRuns(db, { projectId }));
