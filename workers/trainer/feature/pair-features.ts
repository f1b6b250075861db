import { embeddingDistance, EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { Database } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { idAt, joinPacked, signed } from '#db/packed-embeddings.ts';
import { listCells, PAIRS_MOST, readPairing, replacePairs } from '#db/queries/image/feature-pair.ts';
import { findNearPairs } from '#ml/selection/near-pairs.ts';

/** Images that are compared with each other at most: a cell is one group, and one that is larger is cut. */
const GROUP_MOST = 6000;
/** In a large project pairs are sought anew once it has grown by this share. */
const LARGE = 30_000;
const GROWN = 0.05;
/** Pairs offered to the store, which keeps those with an image of the pool. */
const OFFERED = 10 * PAIRS_MOST;

type Cell = Awaited<ReturnType<typeof listCells>>[number];

/**
 * Finds images that are nearly the same to a set's backbone, once nothing of it waits to be embedded. A search looks
 * into cells, what is not sorted yet beside the cell that it belongs to; without cells all are compared. True when it
 * sought.
 */
export async function pairFeatures(db: Database['db'], setId: string): Promise<boolean> {
  const now = await readPairing(db, setId);
  if (!now || now.waits || now.images === now.paired) return false;
  if (now.images > LARGE && now.paired !== null && now.images < now.paired * (1 + GROWN)) return false;
  const cells = await listCells(db, setId);
  const { imageIds, embeddings } = joinPacked(cells);
  const bytes = signed(embeddings);
  const pairs = findNearPairs(bytes, groupRows(cells, bytes), OFFERED).map(({ a, b, distance }) => ({
    a: idAt(imageIds, a),
    b: idAt(imageIds, b),
    distance,
  }));
  await db.transaction(async (tx) => {
    await replacePairs(tx, { setId, images: now.images, pairs });
    // Pages that list them looked when the last image was embedded, before there were any.
    await notify(tx, { name: 'features:progressed', projectId: now.projectId });
  });
  return true;
}

/** Rows of all cells, in groups of what may be alike. */
function groupRows(cells: readonly Cell[], bytes: Int8Array): number[][] {
  const sorted = cells.filter(({ unsorted }) => unsorted === 0);
  const centres = Int8Array.from(sorted.flatMap(({ centre }) => [...signed(centre)]));
  const groups: number[][] = Array.from({ length: Math.max(1, sorted.length) }, () => []);
  let [row, own] = [0, 0];
  for (const cell of cells) {
    const rows = Array.from({ length: cell.embeddings.length / EMBEDDING_BYTES }, (_, at) => row + at);
    row += rows.length;
    if (cell.unsorted === 0) {
      groups[own]?.push(...rows);
      own += 1;
    } else for (const one of rows) groups[nearest(bytes, one, centres)]?.push(one);
  }
  return groups.flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / GROUP_MOST) }, (_, part) =>
      group.slice(part * GROUP_MOST, (part + 1) * GROUP_MOST),
    ),
  );
}

/** The nearest centre; the first where there is none. */
function nearest(bytes: Int8Array, row: number, centres: Int8Array): number {
  let [best, least] = [0, Infinity];
  for (let c = 0; c < centres.length / EMBEDDING_BYTES; c += 1) {
    const distance = embeddingDistance(bytes, row, centres, c);
    if (distance < least) [best, least] = [c, distance];
  }
  return best;
}
