import { wilsonInterval } from '#core/math/statistics.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { Db } from '#db/client.ts';
import { countAnchoring, countAudit, countReasons } from '#db/queries/review/insight.ts';
import { getRound, listRuns } from '#db/queries/run/run-read.ts';
import { readPaired } from '../round/compare-rounds.ts';
import { AUDIT_BINS, summarizeAudit } from '../round/read-figures.ts';

const share = (n: number, hits: number) => ({
  n,
  hits,
  share: n === 0 ? null : hits / n,
  interval: wilsonInterval(hits, n),
});

/**
 * Does seeing the model's guess change what people answer? Agreement with the guess when it was shown against when it
 * was hidden on a random sample; the difference is the anchoring effect (normal interval of two proportions).
 */
export function summarizeAnchoring(
  rows: readonly { guessShown: boolean; n: number; agreed: number; medianMs: number | null }[],
) {
  const pick = (guessShown: boolean) => {
    const row = rows.find((each) => each.guessShown === guessShown);
    return { ...share(row?.n ?? 0, row?.agreed ?? 0), medianMs: row?.medianMs ?? null };
  };
  const shown = pick(true);
  const hidden = pick(false);
  if (shown.share === null || hidden.share === null) return { shown, hidden, effect: null };
  const error =
    1.96 * Math.sqrt((shown.share * (1 - shown.share)) / shown.n + (hidden.share * (1 - hidden.share)) / hidden.n);
  const difference = shown.share - hidden.share;
  return {
    shown,
    hidden,
    effect: { difference, interval: [difference - error, difference + error] as [number, number] },
  };
}

/**
 * Does the order beat chance? How often people corrected the model on items of each reason. Audits drawn from the whole
 * pool are the control arm that every other reason is measured against.
 * @param pool those audits, and how many of them people left as the model had them
 */
export function summarizeReasons(rows: Awaited<ReturnType<typeof countReasons>>, pool: { n: number; right: number }) {
  const reasons = [...new Set(rows.map(({ reason }) => reason))].map((reason) => {
    const mine = rows.filter((row) => row.reason === reason);
    const count = (status: string): number => mine.find((row) => row.status === status)?.n ?? 0;
    const changed = mine.find(({ status }) => status === 'answered')?.changed ?? 0;
    return {
      reason,
      open: count('open'),
      answered: count('answered'),
      skipped: count('skipped'),
      corrected: share(count('answered'), changed),
    };
  });
  const chance = pool.n === 0 ? null : (pool.n - pool.right) / pool.n;
  return reasons.map((row) => ({
    ...row,
    lift: chance && row.corrected.share !== null ? row.corrected.share / chance : null,
  }));
}

/** Audit, anchoring and order over the whole project. */
export async function readTrust(db: Db, projectId: string) {
  const runs = await listRuns(db, { projectId, limit: 20 });
  const rounds = runs.flatMap((run) =>
    run.rounds.map((round) => ({ ...round, runNumber: run.number, runName: run.name })),
  );
  const [audit, anchoring, reasons] = await Promise.all([
    countAudit(db, { roundIds: rounds.map(({ id }) => id), bins: AUDIT_BINS }),
    countAnchoring(db, { projectId }),
    countReasons(db, { projectId }),
  ]);
  const summary = summarizeAudit(audit, AUDIT_BINS);
  return {
    audit: {
      ...summary,
      byRound: rounds
        .map(({ id, index, role, member, runNumber, runName }) => {
          const { overall, pool } = summarizeAudit(
            audit.filter((row) => row.roundId === id),
            AUDIT_BINS,
          );
          return { roundId: id, index, role, member, runNumber, runName, overall, pool };
        })
        .filter(({ overall, pool }) => overall.n + pool.n > 0),
    },
    anchoring: summarizeAnchoring(anchoring),
    reasons: summarizeReasons(reasons, summary.pool),
  };
}

/** Student minus control for every student that has a control arm: the gain that self-training itself brought. */
export async function readControl(db: Db, projectId: string) {
  const runs = await listRuns(db, { projectId, limit: 10 });
  const pairs = runs.flatMap((run) =>
    run.rounds.flatMap((student) => {
      const control = run.rounds.find(({ role, index }) => role === 'control' && index === student.index);
      return student.role !== 'control' && student.metrics && control?.metrics
        ? [{ runNumber: run.number, runName: run.name, student, control, origin: originOf(run.config, student) }]
        : [];
    }),
  );
  return Promise.all(
    pairs.map(async ({ runNumber, runName, student, control, origin }) => {
      const [first, second] = await Promise.all([
        getRound(db, { projectId, roundId: control.id }),
        getRound(db, { projectId, roundId: student.id }),
      ]);
      return {
        runNumber,
        runName,
        runId: student.runId,
        index: student.index,
        role: student.role,
        member: student.member,
        model: student.model,
        ...origin,
        studentRoundId: student.id,
        controlRoundId: control.id,
        testStudent: student.metrics?.testAccuracy ?? null,
        testControl: control.metrics?.testAccuracy ?? null,
        testCount: student.metrics?.testCount ?? null,
        ...(await readPaired(db, first, second)).total,
      };
    }),
  );
}
