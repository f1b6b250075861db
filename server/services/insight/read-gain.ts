import { gains, learningCurve } from '#core/run/learning-curve.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import type { Db } from '#db/client.ts';
import { listRuns } from '#db/queries/run/run-read.ts';

type Runs = Awaited<ReturnType<typeof listRuns>>;

/**
 * Human labels against accuracy over every run of a project: what people's work has bought. The gain compares nets that
 * learned from human labels alone, control arms or teachers of one model; the best rounds, which self-training helped
 * too, stand beside them.
 */
export function readGain(runs: Runs) {
  const measured = runs.flatMap(({ number, rounds }) =>
    rounds.flatMap(({ index, role, member, model, metrics, rolledBackAt }) =>
      metrics && !rolledBackAt
        ? [
            {
              runNumber: number,
              index,
              role,
              member,
              model,
              labels: metrics.labeled,
              accuracy: metrics.valAccuracy,
              count: metrics.valCount,
            },
          ]
        : [],
    ),
  );
  // Control arms first: they train as long as the students do.
  const alone = (['control', 'teacher'] as const)
    .flatMap((role) => measured.filter((point) => point.role === role))
    .map((point) => ({ ...point, kind: `${point.role}, ${point.model}` }));
  const curve = learningCurve(alone);
  const best = new Map<number, number>();
  const learners = measured.filter(({ role }) => role !== 'control');
  for (const { labels, accuracy } of learners) best.set(labels, Math.max(accuracy, best.get(labels) ?? 0));
  const labels = [...new Set([...curve.map((point) => point.labels), ...best.keys()])].sort((a, b) => a - b);
  const of = alone.find(({ kind }) => kind === curve[0]?.kind);
  return {
    /** Whose line `alone` is; null before the first round. */
    kind: of ? { role: of.role as 'control' | 'teacher', model: of.model } : null,
    /**
     * The best of all, whichever number of labels it had; of equals the one of the newest run. Null before the first
     * round.
     */
    best: learners.reduce<(typeof learners)[number] | null>(
      (held, one) => (held && held.accuracy >= one.accuracy ? held : one),
      null,
    ),
    points: labels.map((count) => {
      const point = curve.find((one) => one.labels === count);
      return {
        labels: count,
        best: best.get(count) ?? null,
        alone: point?.accuracy ?? null,
        interval: point ? wilsonInterval(Math.round(point.accuracy * point.count), point.count) : null,
      };
    }),
    ...gains(curve),
  };
}

export const loadGain = async (db: Db, projectId: string) => readGain(await listRuns(db, { projectId }));
