import type { Logger } from 'pino';
import { AppError, storedError } from '#core/errors.ts';
import type { EngineChoice } from '#core/run/learning.ts';
import type { Db } from '#db/client.ts';
import { claimRun, failRun, keepRun, leaveRun } from '#db/queries/run/run-claim.ts';
import { releasePredictionShards } from '#db/queries/round/prediction-shard.ts';
import { startChild } from './child.ts';
import type { ChildWork } from './child.ts';
import { endHelp } from './help-out.ts';
import type { Answerer, EngineReport } from '../hold/messages.ts';
import { throughTrouble, TROUBLE } from '../hold/through-trouble.ts';

/** How long a run counts as held after the trainer last said so, s, and how often it says so, ms. */
const HELD_SECONDS = 8;
const KEEP_MS = 1000;

export interface TrainerContext {
  db: Db;
  log: Logger;
  /** Tells of what may fail again and again. */
  warn: (what: string) => (error: unknown) => void;
  trainerId: string;
  engine: EngineChoice;
  answers: Answerer;
  working: Map<string, ChildWork>;
  showEngine: (engine: EngineReport) => void;
}

/**
 * Works on a run through trouble that passes. Memory that ran out would run out again: the run fails at once, with what
 * to do.
 */
export async function workOnRun(context: TrainerContext, runId: string, trouble = TROUBLE): Promise<void> {
  try {
    await throughTrouble(
      () => tryRun(context, runId),
      ({ message }, pause) => context.log.warn({ runId, pause }, message),
      trouble,
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'TOO_LARGE') throw error;
    await failRun(context.db, runId, storedError(error));
  }
}

/**
 * Takes a run and has a child work on it until it ends, waits, or is taken away. A child that dies gives the run back
 * and throws, so that the queue tries again.
 */
async function tryRun(context: TrainerContext, runId: string): Promise<void> {
  const { db, log, warn, trainerId, working } = context;
  // Two nets in memory at once may be one too many.
  await endHelp(working);
  const claimed = await claimRun(db, { runId, trainerId, seconds: HELD_SECONDS });
  if (!claimed) return;
  const hold = { runId, token: claimed.trainerToken };
  const engine = claimed.config.engine === 'auto' ? context.engine : claimed.config.engine;
  const child = startChild({ type: 'run', hold, engine, answers: context.answers }, context.showEngine);
  working.set(runId, child);
  const keeper = setInterval(() => {
    keepRun(db, hold, HELD_SECONDS)
      .then((held) => {
        if (!held) child.stop();
      })
      .catch(warn('the hold on a run could not be renewed'));
  }, KEEP_MS);
  try {
    const outcome = await child.done;
    log.info({ runId, outcome }, 'left a run');
  } finally {
    clearInterval(keeper);
    working.delete(runId);
    await releasePredictionShards(db, trainerId).catch(warn('a shard could not be given back'));
    // Of an ended or waiting run nothing is held any more, and this changes nothing.
    await leaveRun(db, hold, { command: 'release', told: null });
  }
}
