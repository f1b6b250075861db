import type { ChainLink } from '#core/chain/chain-link.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import { chainOf } from '#core/run/chain-of.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { gains, learningCurve } from '#core/run/learning-curve.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import { finalRound } from '#core/run/run.ts';
import type { Db } from '#db/client.ts';
import { listRuns } from '#db/queries/run/run-read.ts';

type Runs = Awaited<ReturnType<typeof listRuns>>;

/** Lines that the curve shows at most, those of the newest runs. */
const LINES_MOST = 4;

/**
 * Human labels against accuracy over every run of a project: what people's work has bought. The gain compares nets that
 * learned from human labels alone, control arms or teachers of one set-up; the models that runs of one set-up ended
 * with stand beside them, and no line joins two set-ups (RUN-27).
 */
export function readGain(runs: Runs) {
  const measured = runs.flatMap(({ number, config, rounds }) =>
    rounds.flatMap(({ index, role, member, model, metrics, rolledBackAt }) =>
      metrics && !rolledBackAt
        ? [
            {
              runNumber: number,
              index,
              role,
              member,
              model,
              ...originOf(config, { index, role, member }),
              steps: metrics.steps,
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
    .map((point) => ({ ...point, how: point.kind }))
    .map(({ how, ...point }) => ({
      ...point,
      how,
      kind: [point.role, point.model, how, point.backboneId, point.side, point.steps].join(),
    }));
  const curve = learningCurve(alone);
  const learners = measured.filter(({ role }) => role !== 'control');
  const of = alone.find(({ kind }) => kind === curve[0]?.kind);
  return {
    /** Whose line `points` is; null before the first round. */
    kind: of
      ? { role: of.role as 'control' | 'teacher', model: of.model, kind: of.how, backboneId: of.backboneId }
      : null,
    /**
     * The best of all, whichever number of labels it had; of equals the one of the newest run. Null before the first
     * round.
     */
    best: learners.reduce<(typeof learners)[number] | null>(
      (held, one) => (held && held.accuracy >= one.accuracy ? held : one),
      null,
    ),
    points: curve.map((point) => ({
      labels: point.labels,
      alone: point.accuracy,
      interval: wilsonInterval(Math.round(point.accuracy * point.count), point.count),
    })),
    chains: readChains(runs),
    ...gains(curve),
  };
}

/** What runs of one set-up ended with, by their labels, the set-up of the newest run first. */
function readChains(runs: Runs): { chain: ChainLink[]; points: { labels: number; accuracy: number; run: number }[] }[] {
  const lines = new Map<string, ReturnType<typeof readChains>[number]>();
  for (const { number, config, rounds } of runs.toSorted((a, b) => b.number - a.number)) {
    const metrics = finalRound(rounds)?.metrics;
    if (!metrics) continue;
    const key = setUpOf(config);
    const line = lines.get(key) ?? { chain: chainOf(config), points: [] };
    lines.set(key, line);
    // Of runs with as many labels the newest speaks: the best of several would be lucky.
    if (!line.points.some(({ labels }) => labels === metrics.labeled))
      line.points.push({ labels: metrics.labeled, accuracy: metrics.valAccuracy, run: number });
  }
  return [...lines.values()]
    .slice(0, LINES_MOST)
    .map((line) => ({ ...line, points: line.points.toSorted((a, b) => a.labels - b.labels) }));
}

/** Settings that two runs of one set-up may differ in. */
const APART = new Set<string>([
  'seed',
  'engine',
  'method',
  'reviewGate',
  'reviewAnswers',
  'reviewPerRound',
  'classFloors',
] satisfies (keyof RunConfig)[]);

/** What makes two runs alike but for their labels: all that a round's weights follow from, but for chance. */
function setUpOf(config: RunConfig): string {
  const settings = Object.entries({ ...config, chain: chainOf(config) });
  return JSON.stringify(settings.filter(([name]) => !APART.has(name)));
}

export const loadGain = async (db: Db, projectId: string) => readGain(await listRuns(db, { projectId }));
