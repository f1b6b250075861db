import type { EngineChoice, EngineName } from '#core/learning.ts';
import type { RunHold } from '#db/queries/run-claim.ts';

/** What the trainer asks of its child, the process in which tensors run. */
export type Order =
  | { type: 'probe'; engine: EngineChoice }
  | { type: 'run'; hold: RunHold; engine: EngineChoice }
  | { type: 'export'; exportId: string }
  | { type: 'stop' };

/** How a run left the trainer. `taken`: cancelled, paused, or taken over. */
export type RunOutcome = 'finished' | 'waiting' | 'failed' | 'taken';

export interface EngineReport {
  name: EngineName;
  device: string;
  threads: number;
  skipped: { name: string; reason: string }[];
  /** Images a second when training a small model; null when not measured. */
  imagesPerSecond: number | null;
}

export type Reply =
  | { type: 'engine'; engine: EngineReport }
  | { type: 'memory'; bytes: number }
  | { type: 'done'; outcome: RunOutcome | 'exported' | 'probed' };
