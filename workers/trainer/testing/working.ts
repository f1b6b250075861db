import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { openBlobStore } from '#db/blobs/index.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { claimRun } from '#db/queries/run/run-claim.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { openEngine } from '#ml/engine/engine.ts';
import type { RunOutcome } from '../hold/messages.ts';
import { runOnce } from '../run/run-loop.ts';

export interface TrainerBench extends TestDatabase {
  blobs: BlobStore;
  /** Where it keeps pixels; gone after `close`. */
  cacheFolder: string;
  /** A trainer takes the run and works on it until it leaves it. `blobs` stands in for the store. */
  work(runId: string, options?: { signal?: AbortSignal; blobs?: BlobStore; log?: Logger }): Promise<RunOutcome>;
}

/** A database, a folder and a trainer in this process, on one thread of wasm. */
export async function openTrainerBench(): Promise<TrainerBench> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'pupil-trainer-'));
  const cacheFolder = join(folder, 'cache');
  const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  return {
    ...database,
    blobs,
    cacheFolder,
    work: async (runId, options = {}) => {
      const claimed = await claimRun(database.db, { runId, trainerId: 'test', seconds: 60 });
      if (!claimed) throw new Error('the run could not be claimed');
      return runOnce({
        db: database.db,
        blobs: options.blobs ?? blobs,
        log: options.log ?? pino({ level: 'silent' }),
        signal: options.signal ?? new AbortController().signal,
        hold: { runId, token: claimed.trainerToken },
        cacheFolder,
        answers: 'engine',
        openEngine: () => openEngine('wasm', { threads: 1 }),
      });
    },
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
