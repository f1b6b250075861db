import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { Database } from '#db/client.ts';
import { signed, unpackIds } from '#db/packed-embeddings.ts';
import type { UsedFeatures } from '#db/queries/image/feature-set.ts';
import { readFeatureEmbeddings, readFeatures } from '#db/queries/image/feature-shard.ts';
import { listDrawn } from '#db/queries/labeling/live-teacher.ts';
import { applyTransform, prepareBytes, prepareTeacher } from '#ml/live-teacher/index.ts';
import type { PreparedTeacher } from '#ml/live-teacher/index.ts';
import type { Points } from '#ml/selection/k-means.ts';

/** Images up to which whole features are learned on; of more, their compact embeddings, 64 bytes each. */
export const WHOLE_MOST = 30_000;

/** A project's pool made ready for the live teacher; validation beside it, for measuring alone. Test is not read. */
export interface PreparedPool {
  setId: string;
  /** Embedded images when it was made. */
  embedded: number;
  prepared: PreparedTeacher;
  /** Image of each row. */
  ids: string[];
  rowOf: ReadonlyMap<string, number>;
  /** Validation images of this set, transformed as the pool is; null for compact embeddings. */
  readValidation: (() => { points: Points; imageIds: string[] }) | null;
}

/** Null while fewer than two images of the pool are embedded. */
export async function preparePool(
  db: Database['db'],
  projectId: string,
  set: UsedFeatures,
  embedded: number,
): Promise<PreparedPool | null> {
  const pool = new Set((await listDrawn(db, { projectId, split: 'pool' })).map(({ id }) => id));
  const made =
    embedded <= WHOLE_MOST ? await prepareWhole(db, projectId, set, pool) : await prepareCompact(db, set, pool);
  if (!made) return null;
  return { ...made, setId: set.id, embedded, rowOf: new Map(made.ids.map((id, row) => [id, row])) };
}

type Made = Pick<PreparedPool, 'prepared' | 'ids' | 'readValidation'>;

async function prepareWhole(
  db: Database['db'],
  projectId: string,
  { id: setId, width, taps }: UsedFeatures,
  pool: ReadonlySet<string>,
): Promise<Made | null> {
  const ids: string[] = [];
  const parts: Float32Array[] = [];
  const others = new Map<string, Float32Array>();
  const held = new Set((await listDrawn(db, { projectId, split: 'validation' })).map(({ id }) => id));
  for await (const { imageIds, values } of readFeatures(db, setId)) {
    imageIds.forEach((id, at) => {
      const own = values.slice(at * width, (at + 1) * width);
      if (pool.has(id)) {
        ids.push(id);
        parts.push(own);
      } else if (held.has(id)) others.set(id, own);
    });
  }
  if (ids.length < 2) return null;
  const prepared = prepareTeacher(splitTaps(parts, width, taps));
  const { transform } = prepared;
  return {
    prepared,
    ids,
    readValidation: () => {
      const imageIds = [...others.keys()];
      const points =
        transform && imageIds.length > 0
          ? applyTransform(transform, splitTaps([...others.values()], width, taps))
          : { values: new Float32Array(), count: 0, width: prepared.width };
      return { points, imageIds };
    },
  };
}

/** Rows of joined features, layer by layer. */
function splitTaps(rows: readonly Float32Array[], width: number, taps: readonly number[] | null): Points[] {
  let from = 0;
  return (taps ?? [width]).map((own) => {
    const values = new Float32Array(rows.length * own);
    rows.forEach((row, at) => values.set(row.subarray(from, from + own), at * own));
    from += own;
    return { values, count: rows.length, width: own };
  });
}

async function prepareCompact(
  db: Database['db'],
  { id: setId }: UsedFeatures,
  pool: ReadonlySet<string>,
): Promise<Made | null> {
  const packed = await readFeatureEmbeddings(db, setId);
  const all = signed(packed.embeddings);
  const ids: string[] = [];
  const bytes = new Int8Array(all.length);
  unpackIds(packed.imageIds).forEach((id, at) => {
    if (!pool.has(id)) return;
    bytes.set(all.subarray(at * EMBEDDING_BYTES, (at + 1) * EMBEDDING_BYTES), ids.length * EMBEDDING_BYTES);
    ids.push(id);
  });
  if (ids.length < 2) return null;
  const prepared = prepareBytes(bytes.subarray(0, ids.length * EMBEDDING_BYTES), EMBEDDING_BYTES);
  return { prepared, ids, readValidation: null };
}
