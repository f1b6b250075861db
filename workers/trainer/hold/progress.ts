import type { DomainEvent } from '#core/events.ts';
import type { TrainPoint } from '#core/run/learning.ts';
import type { RoundStage } from '#core/run/run.ts';
import { announce } from './context.ts';
import type { RunContext } from './context.ts';
import { watchFeatures } from './feature-cache.ts';

/** Between two announcements of one kind, ms: four a second are enough for a moving page. */
const GAP_MS = 250;

export interface Progress {
  report(stage: RoundStage, done: number, total: number): void;
  point(point: TrainPoint): void;
}

/**
 * Announces how far a round is, at most four times a second, with the time left at the pace of the stage so far. The
 * last report of a stage is always sent.
 */
export function createProgress(
  round: { projectId: string; runId: string; roundId: string },
  options: { send: (event: DomainEvent) => void; now: () => number },
): Progress {
  let stage: { name: RoundStage; since: number; from: number } | null = null;
  let reportedAt = -Infinity;
  let pointAt = -Infinity;
  return {
    report: (name, done, total) => {
      const now = options.now();
      const isNew = stage?.name !== name;
      if (stage === null || isNew) stage = { name, since: now, from: done };
      if (!isNew && done < total && now - reportedAt < GAP_MS) return;
      reportedAt = now;
      const made = done - stage.from;
      const secondsLeft = made > 0 ? ((now - stage.since) / 1000 / made) * (total - done) : null;
      options.send({ name: 'round:progressed', ...round, stage: name, done, total, secondsLeft });
    },
    point: (point) => {
      const now = options.now();
      if (point.valAccuracy === null && point.step < point.steps && now - pointAt < GAP_MS) return;
      pointAt = now;
      options.send({ name: 'round:curve', ...round, point });
    },
  };
}

/** The progress of a round of a run, told to its pages. */
export const progressOf = (context: RunContext, roundId: string): Progress =>
  createProgress(
    { projectId: context.run.projectId, runId: context.run.id, roundId },
    { send: (event) => announce(context, event), now: context.now },
  );

/** The same context; where a backbone has to look at images first, that is told as progress of the round. */
export const watchRound = (context: RunContext, progress: Progress): RunContext => ({
  ...context,
  features: watchFeatures(context.features, (done, total) => progress.report('embedding', done, total)),
});
