import type { Logger } from 'pino';
import type { RunConfig } from '#core/run/learning.ts';
import type { DomainEvent } from '#core/events.ts';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database, Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { lockHeldRun } from '#db/queries/run/run-claim.ts';
import type { RunHold } from '#db/queries/run/run-claim.ts';
import type { Engine } from '#ml/engine/engine.ts';
import type { FeatureCache } from './feature-cache.ts';
import type { PixelCache } from './pixel-cache.ts';

/** What every step of a run may use. */
export interface RunContext {
  db: Database['db'];
  blobs: BlobStore;
  log: Logger;
  pixels: PixelCache;
  /** What backbones say of the project's images. */
  features: FeatureCache;
  engine: Engine;
  /** Raised when the run is taken away: cancelled, paused, or the trainer stops. */
  signal: AbortSignal;
  hold: RunHold;
  /** This trainer, as shards that it takes name it. */
  trainerId: string;
  /** Engine and runtime that answer here: only trainers with the same may answer for this run. */
  answerer: string;
  run: { id: string; projectId: string; number: number; classIds: string[] };
  /** Read anew before every round: a lead may change thresholds meanwhile. */
  config: RunConfig;
  /** Of the project's images when the run started: what its nets from scratch look at. */
  channels: 1 | 3;
  now: () => number;
}

/** The run is not this trainer's any more: whoever took it away has said why. */
export class RunTakenAway extends Error {
  override name = 'RunTakenAway';
}

/** A reason to fail that a person can mend; trying again by itself would not help. */
export class RunCannotGoOn extends Error {
  override name = 'RunCannotGoOn';
  readonly said: Said;

  constructor(said: Said) {
    super(inEnglish(said));
    this.said = said;
  }
}

export function stopIfTaken(context: Pick<RunContext, 'signal'>): void {
  if (context.signal.aborted) throw new RunTakenAway('The run was stopped.');
}

/** A transaction in which the run is certainly ours: a trainer that lost its hold can write nothing. */
export async function whileHeld<T>(
  context: Pick<RunContext, 'db' | 'hold' | 'signal'>,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  stopIfTaken(context);
  return context.db.transaction(async (tx) => {
    if (!(await lockHeldRun(tx, context.hold)))
      throw new RunTakenAway('Another trainer holds the run now, or it was stopped.');
    return work(tx);
  });
}

/** Announces figures that are worth nothing later; one that is lost is not missed. */
export function announce(context: Pick<RunContext, 'db' | 'log'>, event: DomainEvent): void {
  notify(context.db, event).catch((error: unknown) =>
    context.log.warn({ err: error }, 'an event could not be announced'),
  );
}
