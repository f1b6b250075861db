import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { createRandom } from '#core/math/random.ts';
import { packIds, idAt, signed, unsigned } from '#db/packed-embeddings.ts';
import type { PackedEmbeddings } from '#db/packed-embeddings.ts';
import { deleteEmbeddingCells, insertEmbeddingCells, readEmbeddings } from '#db/queries/image/embedding.ts';
import type { EmbeddingCell } from '#db/queries/image/embedding.ts';
import { kMeans, squaredDistance } from '#ml/selection/k-means.ts';
import type { Points } from '#ml/selection/k-means.ts';
import { whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';

/**
 * Images of a cell on average, and cells at most: beyond a million images cells grow, since sorting takes images times
 * cells.
 */
export const CELL = 1000;
const CELLS_MOST = 1024;
/** Images a cell that its centres are fitted to. */
const FITTED = 64;
/** Cells written in one transaction, some 4 MB. */
const WRITTEN = 50;

/**
 * Sorts a round's embeddings into cells, so that a search need not read them all. Done again as a whole when it was
 * interrupted.
 */
export async function sortCells(context: RunContext, roundId: string): Promise<void> {
  const cells = makeCells(await readEmbeddings(context.db, roundId));
  await whileHeld(context, (tx) => deleteEmbeddingCells(tx, roundId));
  for (let start = 0; start < cells.length; start += WRITTEN)
    await whileHeld(context, (tx) => insertEmbeddingCells(tx, roundId, start, cells.slice(start, start + WRITTEN)));
}

/** Every image in the cell with the nearest centre. 800,000 images take a minute. */
export function makeCells({ imageIds, embeddings }: PackedEmbeddings, perCell = CELL): EmbeddingCell[] {
  const bytes = signed(embeddings);
  const count = bytes.length / EMBEDDING_BYTES;
  const wanted = Math.min(CELLS_MOST, Math.ceil(count / perCell));
  if (wanted === 0) return [];
  const centres = fitCentres(bytes, count, wanted);
  const members = Array.from({ length: centres.count }, (): number[] => []);
  const row: Points = { values: new Float32Array(EMBEDDING_BYTES), count: 1, width: EMBEDDING_BYTES };
  let best = 0;
  for (let i = 0; i < count; i += 1) {
    row.values.set(bytes.subarray(i * EMBEDDING_BYTES, (i + 1) * EMBEDDING_BYTES));
    let least = Infinity;
    for (let c = 0; c < centres.count; c += 1) {
      const distance = squaredDistance(row, 0, centres, c, least);
      if (distance < least) [least, best] = [distance, c];
    }
    members[best]?.push(i);
  }
  return members.flatMap((rows, c) =>
    rows.length === 0
      ? []
      : [
          {
            centre: Int8Array.from(centres.values.subarray(c * EMBEDDING_BYTES, (c + 1) * EMBEDDING_BYTES), Math.round),
            imageIds: packIds(rows.map((i) => idAt(imageIds, i))),
            embeddings: Buffer.concat(
              rows.map((i) => unsigned(bytes.subarray(i * EMBEDDING_BYTES, (i + 1) * EMBEDDING_BYTES))),
            ),
          },
        ],
  );
}

/** k-means on every n-th image: in the order of their hashes, which is as good as random. */
function fitCentres(bytes: Int8Array, count: number, wanted: number): Points {
  const fitted = Math.min(count, wanted * FITTED);
  const points: Points = { values: new Float32Array(fitted * EMBEDDING_BYTES), count: fitted, width: EMBEDDING_BYTES };
  for (let i = 0; i < fitted; i += 1) {
    const from = Math.floor((i * count) / fitted) * EMBEDDING_BYTES;
    points.values.set(bytes.subarray(from, from + EMBEDDING_BYTES), i * EMBEDDING_BYTES);
  }
  const cluster = kMeans(points, wanted, createRandom(1));
  const sums = new Float64Array(wanted * EMBEDDING_BYTES);
  const sizes = new Int32Array(wanted);
  for (let i = 0; i < fitted; i += 1) {
    const c = cluster[i] ?? 0;
    sizes[c] = (sizes[c] ?? 0) + 1;
    for (let d = 0; d < EMBEDDING_BYTES; d += 1)
      sums[c * EMBEDDING_BYTES + d] =
        (sums[c * EMBEDDING_BYTES + d] ?? 0) + (points.values[i * EMBEDDING_BYTES + d] ?? 0);
  }
  return {
    values: Float32Array.from(sums, (sum, at) => sum / Math.max(1, sizes[Math.floor(at / EMBEDDING_BYTES)] ?? 0)),
    count: wanted,
    width: EMBEDDING_BYTES,
  };
}
