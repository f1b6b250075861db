import type { SimulatorInput } from '#core/round/simulator.ts';
import type { Db } from '#db/client.ts';
import { findMedianDecisionMs } from '#db/queries/review/insight.ts';
import { countConfidence, listValidation } from '#db/queries/round/round-read.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { readRunClasses } from './read-figures.ts';

/** Fine enough that a dragged threshold moves smoothly, and small enough to send for any pool. */
const BINS = 100;

/** All that the browser needs to simulate thresholds by itself, at every move of the hand. */
export async function readSimulator(db: Db, input: { projectId: string; roundId: string }) {
  const round = await getRound(db, input);
  const { run } = round;
  const [classes, counted, validation, median] = await Promise.all([
    readRunClasses(db, run),
    countConfidence(db, { roundId: round.id, bins: BINS }),
    listValidation(db, { roundId: round.id }),
    findMedianDecisionMs(db, input.projectId),
  ]);
  const pool = classes.map(() => Array.from({ length: BINS }, () => 0));
  for (const { classIndex, bin, n } of counted) {
    const bins = pool[classIndex];
    if (bins) bins[bin] = n;
  }
  const simulator: SimulatorInput = {
    pool,
    validation: validation.map(({ classIndex, confidence, truthClassId }) => ({
      classIndex,
      confidence,
      right: run.classIds[classIndex] === truthClassId,
    })),
    secondsPerImage: median === null ? null : median / 1000,
  };
  return {
    classes,
    simulator,
    round: { id: round.id, index: round.index, role: round.role, member: round.member },
    run: { id: run.id, number: run.number, name: run.name, status: run.status },
    /** Where the handles start: the lead's floor, else what the round's selection used, else the run's floor. */
    thresholds: classes.map(
      ({ id }) => run.config.classFloors[id] ?? round.metrics?.thresholds[id] ?? run.config.floor,
    ),
  };
}
