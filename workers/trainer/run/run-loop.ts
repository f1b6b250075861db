import type { Logger } from 'pino';
import { AppError, storedError } from '#core/errors.ts';
import { roundThatAsked } from '#core/round/order.ts';
import { planRounds } from '#core/run/plan-rounds.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { sayRound } from '#core/book/said-names.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { toStored } from '#core/text/stored.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { explainFault } from '#db/fault.ts';
import type { Database } from '#db/client.ts';
import { leaveRun, setRunEngine } from '#db/queries/run/run-claim.ts';
import type { RunHold } from '#db/queries/run/run-claim.ts';
import { countRoundReview, ensureRound, listRoundStates } from '#db/queries/round/round-write.ts';
import { readStoredFeatures } from '#db/queries/image/stored-features.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { findRunChannels } from '#db/queries/round/training-image.ts';
import type { Engine } from '#ml/engine/engine.ts';
import { explainMemory } from '#ml/engine/out-of-memory.ts';
import { codeVersion } from '../hold/code-version.ts';
import { RunCannotGoOn, RunTakenAway, stopIfTaken, whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';
import { finishRun } from './finish-run.ts';
import { answererOf } from '../hold/messages.ts';
import type { Answerer, RunOutcome } from '../hold/messages.ts';
import { openFeatureCache } from '../hold/feature-cache.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import { standingTeacher, stopReason } from '../round/standing.ts';
import { workRound } from '../round/work-round.ts';

export interface RunStart {
  db: Database['db'];
  blobs: BlobStore;
  log: Logger;
  signal: AbortSignal;
  hold: RunHold;
  cacheFolder: string;
  answers: Answerer;
  openEngine: () => Promise<Engine>;
}

/**
 * Works on a claimed run until it ends or waits. Every step looks at what is stored first, so a run that was left at
 * any moment goes on without repeating a finished round or losing a prediction (RUN-3). What a person can mend fails
 * the run with a sentence; trouble around us gives the run back with its cause and is thrown as UNAVAILABLE; anything
 * else is thrown, and the queue tries again.
 */
export async function runOnce(start: RunStart): Promise<RunOutcome> {
  const { db, hold } = start;
  try {
    const row = await getRunState(db, hold.runId);
    const engine = await start.openEngine();
    await setRunEngine(db, hold, { engine: engine.name, device: engine.device, codeVersion });
    const pixels = openPixelCache({ blobs: start.blobs, folder: start.cacheFolder, projectId: row.projectId });
    const context: RunContext = {
      db,
      blobs: start.blobs,
      log: start.log,
      signal: start.signal,
      hold,
      engine,
      trainerId: row.trainerId ?? '',
      answerer: answererOf(engine.name, start.answers),
      pixels,
      features: openFeatureCache({
        folder: start.cacheFolder,
        projectId: row.projectId,
        pixels,
        engine,
        readStored: (body, imageIds) => readStoredFeatures(db, { ...body, projectId: row.projectId, imageIds }),
        onMissing: ({ known, made }) =>
          start.log.info({ read: known, computed: made }, `features of ${known} images read, of ${made} computed`),
      }),
      run: { id: row.id, projectId: row.projectId, number: row.number, classIds: row.classIds },
      config: row.config,
      now: Date.now,
      channels: await findRunChannels(db, row.id),
    };
    return await driveRun(context);
  } catch (failure) {
    const error = explainMemory(failure);
    // Whatever was under way when the run was taken ends with an error of its own.
    if (error instanceof RunTakenAway || start.signal.aborted) return 'taken';
    if (error instanceof RunCannotGoOn || (error instanceof AppError && !error.retryable)) {
      const told = error instanceof RunCannotGoOn ? toStored(error.said) : storedError(error);
      // Fenced: when another trainer has the run by now, our error is not its end.
      return (await leaveRun(db, hold, { command: 'fail', told })) ? 'failed' : 'taken';
    }
    const trouble = explainFault(error);
    if (trouble?.code !== 'UNAVAILABLE') throw error;
    // Told on the run's page; where the database is what is gone, the hold runs out by itself.
    const told = trouble.said && toStored(trouble.said, say('learning.goesOn.run'));
    await leaveRun(db, hold, { command: 'release', told }).catch(() => null);
    throw trouble;
  }
}

async function driveRun(context: RunContext): Promise<RunOutcome> {
  const planned = planRounds(context.config);
  const learners = planned.filter(({ role }) => role !== 'control');
  let ending: Said | null = null;
  for (const [position, plan] of learners.entries()) {
    stopIfTaken(context);
    // Thresholds may have been changed by a lead; the plan of rounds may not.
    context.config = (await getRunState(context.db, context.run.id)).config;
    const states = await listRoundStates(context.db, context.run.id);
    const stop = plan.role === 'student' ? stopReason(states, context.config) : null;
    // An export model that is distilled after the last student does not make us forget why there were no more of them.
    if (plan.role === 'student') ending = stop;
    if (stop && !states.some(({ index, startedAt }) => index === plan.index && startedAt)) continue;
    const control = planned.find(({ role, index }) => role === 'control' && index === plan.index) ?? null;
    const hasNextStudent = learners[position + 1]?.role === 'student';
    const round = await workRound(context, plan, {
      control,
      asksPeople: hasNextStudent && context.config.reviewPerRound > 0,
    });
    const next = learners[position + 1];
    if (next && hasNextStudent && (await waitsForPeople(context, round, next))) return 'waiting';
  }
  await finishRun(context, ending);
  return 'finished';
}

/**
 * The gate between two rounds. Leaves the run waiting, with a sentence for people, unless the setting is to go on, the
 * answers are there, or people have let it go on: the next round's row is the sign that the run waited here before.
 */
async function waitsForPeople(context: RunContext, round: RoundState, next: PlannedRound): Promise<boolean> {
  const { reviewGate, reviewAnswers } = context.config;
  if (reviewGate === 'continue') return false;
  const states = await listRoundStates(context.db, context.run.id);
  if (states.some(({ index, role }) => index === next.index && role === next.role)) return false;
  const asked = roundThatAsked(states) ?? round;
  const { open, settled } = await countRoundReview(context.db, asked.id);
  const wanted = Math.min(reviewAnswers - settled, open);
  if (reviewGate === 'answers' && wanted <= 0) return false;
  const said =
    reviewGate === 'person'
      ? say('learning.waits.person', { round: sayRound(round) })
      : say('learning.waits.answers', { count: wanted, round: sayRound(next) });
  await whileHeld(context, async (tx) => {
    await ensureRound(tx, {
      runId: context.run.id,
      index: next.index,
      role: next.role,
      member: next.member,
      model: next.model,
      seed: next.seed,
      teacherRoundId: standingTeacher(states, next.index)?.id ?? null,
    });
    await leaveRun(tx, context.hold, { command: 'wait', told: toStored(said) });
  });
  return true;
}
