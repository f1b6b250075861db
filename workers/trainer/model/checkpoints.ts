import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { checkpointKey } from '#core/image/media.ts';
import {
  deleteCheckpoint,
  deleteCheckpointsBefore,
  findFinalCheckpoint,
  findLatestCheckpoint,
  insertCheckpoint,
} from '#db/queries/round/checkpoint.ts';
import type { CheckpointRow } from '#db/queries/round/checkpoint.ts';
import { whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';

/**
 * Stores the state of a round. The bytes lie safely before their row appears; older states of the round go afterwards.
 */
export async function storeCheckpoint(
  context: RunContext,
  params: { roundId: string; step: number; final: boolean; bytes: Uint8Array },
): Promise<void> {
  const { roundId, step, final, bytes } = params;
  const blobKey = checkpointKey(context.run.id, roundId, step);
  await context.blobs.put(blobKey, bytes);
  const row = {
    roundId,
    step,
    final,
    blobKey,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  };
  const stale = await whileHeld(context, async (tx) => {
    await insertCheckpoint(tx, row);
    return deleteCheckpointsBefore(tx, { roundId, step });
  });
  for (const key of stale) await context.blobs.delete(key);
}

/** The bytes of a checkpoint; null when they are gone or are not those that were stored. */
async function findBytes(context: Pick<RunContext, 'blobs'>, row: CheckpointRow): Promise<Buffer | null> {
  try {
    const bytes = await context.blobs.get(row.blobKey);
    return createHash('sha256').update(bytes).digest('hex') === row.sha256 ? bytes : null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** @throws AppError BAD_INPUT when the bytes are gone or damaged: trying again would not help */
async function read(context: Pick<RunContext, 'blobs'>, row: CheckpointRow): Promise<Buffer> {
  const bytes = await findBytes(context, row);
  if (!bytes) throw new AppError('BAD_INPUT', say('learning.finishedWeights', { key: row.blobKey }));
  return bytes;
}

/**
 * What a round last stored, to go on from; null at its beginning. A state of unfinished training that is damaged or
 * gone is forgotten, and the round trains from the one before it, or from its start: that costs time and changes
 * nothing.
 */
export async function loadLatest(
  context: Pick<RunContext, 'db' | 'blobs' | 'log' | 'hold' | 'signal'>,
  roundId: string,
): Promise<{ step: number; final: boolean; bytes: Buffer } | null> {
  const row = await findLatestCheckpoint(context.db, roundId);
  if (!row) return null;
  const bytes = row.final ? await read(context, row) : await findBytes(context, row);
  if (bytes) return { step: row.step, final: row.final, bytes };
  context.log.warn(
    { roundId, step: row.step, blobKey: row.blobKey },
    'a checkpoint is damaged or gone: the round trains again from before it',
  );
  await whileHeld(context, (tx) => deleteCheckpoint(tx, row.id));
  await context.blobs.delete(row.blobKey);
  return loadLatest(context, roundId);
}

/** The finished weights of a round. */
export async function loadFinal(context: Pick<RunContext, 'db' | 'blobs'>, roundId: string): Promise<Buffer> {
  const row = await findFinalCheckpoint(context.db, roundId);
  if (!row) throw new AppError('NOT_READY', say('learning.noFinished'));
  return read(context, row);
}
