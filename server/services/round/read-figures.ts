import { reliabilityBins } from '#core/math/probabilities.ts';
import type { ReliabilityBin } from '#core/math/probabilities.ts';
import { atTemperature } from '#core/run/run-config.ts';
import { perClassFigures, wilsonInterval } from '#core/math/statistics.ts';
import type { Interval } from '#core/math/statistics.ts';
import type { Db } from '#db/client.ts';
import { countAudit } from '#db/queries/review/insight.ts';
import { countConfidence, countPseudoLabels, countRoundLabels, listValidation } from '#db/queries/round/round-read.ts';
import { listEveryClass } from '#db/queries/project/merge-class.ts';
import type { RoundRow } from '#db/queries/run/run-read.ts';

export const CONFIDENCE_BINS = 20;
/** As many as a small screen shows with the number of images of each. */
const RELIABILITY_BINS = 10;
export const AUDIT_BINS = 10;

export type MeasuredBin = ReliabilityBin & { interval: Interval };

const withInterval = (bins: ReliabilityBin[]): MeasuredBin[] =>
  bins.map((bin) => ({ ...bin, interval: wilsonInterval(bin.right, bin.count) }));

/** Names and colours in the order of the run's probability vectors. */
export async function readRunClasses(db: Db, run: { projectId: string; classIds: string[] }) {
  const known = new Map((await listEveryClass(db, run.projectId)).map((row) => [row.id, row]));
  return run.classIds.map(
    (id, position) => known.get(id) ?? { id, name: 'deleted class', colour: '#666666', position },
  );
}

/** Everything a round is judged by, computed from its frozen predictions. */
export async function readRoundFigures(db: Db, round: RoundRow) {
  const { run, metrics } = round;
  const [classes, validation, confidence, pseudo, seed, audit] = await Promise.all([
    readRunClasses(db, run),
    listValidation(db, { roundId: round.id }),
    countConfidence(db, { roundId: round.id, bins: CONFIDENCE_BINS }),
    countPseudoLabels(db, { roundId: round.id }),
    countRoundLabels(db, { roundId: round.id }),
    countAudit(db, { roundIds: [round.id], bins: AUDIT_BINS }),
  ]);
  const figures = metrics ? perClassFigures(metrics.confusion) : [];
  const seedTotal = seed.reduce((sum, { n }) => sum + n, 0);
  const pseudoTotal = pseudo.reduce((sum, { n }) => sum + n, 0);
  return {
    classes: classes.map((item, index) => {
      const seen = seed.find(({ classId }) => classId === item.id)?.n ?? 0;
      const accepted = pseudo.find(({ classIndex }) => classIndex === index);
      return {
        ...item,
        ...figures[index],
        threshold: metrics?.thresholds[item.id] ?? null,
        labeled: seen,
        /** Laplace +1, as the selection uses it. */
        prior: (seen + 1) / (seedTotal + classes.length),
        accepted: accepted?.n ?? 0,
        copies: accepted?.copies ?? 0,
        acceptedShare: pseudoTotal === 0 ? null : (accepted?.n ?? 0) / pseudoTotal,
      };
    }),
    reliability: readReliability(validation, run.classIds, metrics?.temperature ?? 1),
    histogram: classes.map((_, index) => histogramOf(confidence, index)),
    unlabeled: confidence.reduce((sum, { n }) => sum + n, 0),
    audit: summarizeAudit(audit, AUDIT_BINS),
  };
}

/**
 * Reliability before and after calibration. Predictions are stored after it, as softmax(z / T), so that the vector
 * before is softmax(z): the stored one at temperature 1 / T.
 */
export function readReliability(
  validation: readonly { probabilities: number[]; truthClassId: string | null }[],
  classIds: readonly string[],
  temperature: number,
): { before: MeasuredBin[]; after: MeasuredBin[]; count: number } {
  const rows = validation.flatMap(({ probabilities, truthClassId }) => {
    const truth = classIds.indexOf(truthClassId ?? '');
    return truth < 0 ? [] : [{ probabilities, truth }];
  });
  const truth = rows.map((row) => row.truth);
  const bins = (vectors: number[][]): MeasuredBin[] =>
    withInterval(reliabilityBins(vectors.flat(), truth, classIds.length, RELIABILITY_BINS));
  return {
    before: bins(rows.map((row) => atTemperature(row.probabilities, 1 / temperature))),
    after: bins(rows.map((row) => row.probabilities)),
    count: rows.length,
  };
}

function histogramOf(rows: readonly { classIndex: number; bin: number; n: number }[], classIndex: number): number[] {
  const bins = Array.from({ length: CONFIDENCE_BINS }, () => 0);
  for (const row of rows) if (row.classIndex === classIndex) bins[row.bin] = row.n;
  return bins;
}

interface AuditRow {
  classId: string;
  bin: number;
  /** A student took the guess for a target. */
  accepted: boolean;
  /** Drawn from the whole pool, not from accepted pseudo-labels. */
  fromPool: boolean;
  n: number;
  right: number;
}

const precision = (n: number, right: number) => ({
  n,
  right,
  precision: n === 0 ? null : right / n,
  interval: wilsonInterval(right, n),
});

/**
 * Audited precision of accepted pseudo-labels, overall and by class; of the whole pool, overall and by confidence. Each
 * with its n and Wilson interval.
 */
export function summarizeAudit(rows: readonly AuditRow[], bins: number) {
  const total = (some: readonly AuditRow[]) =>
    precision(
      some.reduce((sum, { n }) => sum + n, 0),
      some.reduce((sum, { right }) => sum + right, 0),
    );
  const accepted = rows.filter((row) => row.accepted);
  const drawn = rows.filter((row) => row.fromPool);
  return {
    overall: total(accepted),
    pool: total(drawn),
    byBin: Array.from({ length: bins }, (_, bin) => ({
      from: bin / bins,
      to: (bin + 1) / bins,
      ...total(drawn.filter((row) => row.bin === bin)),
    })),
    byClass: [...new Set(accepted.map(({ classId }) => classId))].map((classId) => ({
      classId,
      ...total(accepted.filter((row) => row.classId === classId)),
    })),
  };
}
