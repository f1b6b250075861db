import type { AppError } from '#core/errors.ts';
import type { EngineChoice, EngineName } from '#core/run/learning.ts';
import type { RunHold } from '#db/queries/run/run-claim.ts';

/** What the trainer asks of its child, the process in which tensors run. */
export type Order =
  | { type: 'probe'; engine: EngineChoice }
  | { type: 'run'; hold: RunHold; engine: EngineChoice; answers: Answerer }
  | { type: 'export'; exportId: string; answers: Answerer }
  | { type: 'trial'; trialId: string; engine: EngineChoice; answers: Answerer }
  | { type: 'help'; trainerId: string; engine: EngineChoice; answers: Answerer }
  | { type: 'stop' };

/** What predicts: the engine that trains, or onnxruntime on the CPU. */
export type Answerer = 'engine' | 'onnxruntime';

/**
 * What answers: trainers of the same give the same answers, to rounding. The engine counts beside onnxruntime, which
 * leaves to it the nets that it does not know.
 */
export const answererOf = (engine: EngineName, answers: Answerer): string => `${engine} ${answers}`;

/** What predicts on this machine, as measured when the trainer started. */
export interface AnswerChoice {
  taken: Answerer;
  imagesPerSecond: number;
  /** The other one's rate, or why it cannot be used: a sentence. */
  instead: string;
}

/** How a run left the trainer. `taken`: cancelled, paused, or taken over. */
export type RunOutcome = 'finished' | 'waiting' | 'failed' | 'taken';

/** How an order ended. `stopped`: it was asked to, and what it served stays queued. */
export type Outcome = RunOutcome | 'exported' | 'probed' | 'tried' | 'helped' | 'stopped';

export interface EngineReport {
  name: EngineName;
  device: string;
  threads: number;
  skipped: { name: string; reason: string }[];
  /** Images a second when training a small model; null when not measured. */
  imagesPerSecond: number | null;
  /** Null when not measured. */
  answers: AnswerChoice | null;
}

export type Reply =
  | { type: 'engine'; engine: EngineReport }
  | { type: 'memory'; bytes: number }
  /** A disk, a database or a storage was the cause: it passes, or a person mends it. */
  | { type: 'trouble'; why: AppError['why'] }
  | { type: 'done'; outcome: Outcome };
