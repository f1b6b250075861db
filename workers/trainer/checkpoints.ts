import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { checkpointKey } from '#core/media.ts';
import { deleteCheckpointsBefore, findFinalCheckpoint, findLatestCheckpoint, insertCheckpoint } from '#db/queries/checkpoint.ts';
import type { CheckpointRow } from '#db/queries/checkpoint.ts';
import { whileHeld } from './context.ts';
import type { RunContext } from './context.ts';

/** Stores the state of a round. The bytes lie safely before their row appears; older states of the round go afterwards. */
export async function storeCheckpoint(
  context: RunContext, params: { roundId: string; step: number; final: boolean; bytes: Uint8Array },
): Promise<void> {
  const { roundId, step, final, bytes } = params;
  const blobKey = checkpointKey(context.run.id, roundId, step);
  await context.blobs.put(blobKey, bytes);
  const row = { roundId, step, final, blobKey, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  const stale = await whileHeld(context, async (tx) => {
    await insertCheckpoint(tx, row);
    return deleteCheckpointsBefore(tx, { roundId, step });
  });
  for (const key of stale) await context.blobs.delete(key);
}

async function read(context: Pick<RunContext, 'blobs'>, row: CheckpointRow): Promise<Buffer> {
  const bytes = await context.blobs.get(row.blobKey);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== row.sha256) throw new AppError('INTERNAL', `The stored weights at step ${row.step} are damaged (their checksum differs). Restore them from a backup, or start a new run.`);
  return bytes;
}

/** What a round last stored, to go on from; null at its beginning. */
export async function loadLatest(context: Pick<RunContext, 'db' | 'blobs'>, roundId: string): Promise<{ step: number; final: boolean; bytes: Buffer } | null> {
  const row = await findLatestCheckpoint(context.db, roundId);
  return row ? { step: row.step, final: row.final, bytes: await read(context, row) } : null;
}

/** The finished weights of a round. */
export async function loadFinal(context: Pick<RunContext, 'db' | 'blobs'>, roundId: string): Promise<Buffer> {
  const row = await findFinalCheckpoint(context.db, roundId);
  if (!row) throw new AppError('NOT_READY', 'This round has no finished weights yet.');
  return read(context, row);
}
