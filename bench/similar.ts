import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { EMBEDDING_BYTES, rankNearest } from '#core/round/embedding.ts';
import { createRandom } from '#core/math/random.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import type { Database } from '#db/client.ts';
import { listSimilar, PROBES } from '#db/queries/image/similar.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import { listTrainingImages } from '#db/queries/round/training-image.ts';
import { packIds, signed, unpackIds, unsigned } from '#db/packed-embeddings.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { openPredictor } from '#ml/index.ts';
import { loadFinal } from '#trainer/model/checkpoints.ts';
import { fitCompress } from '#ml/embedding/compress-embeddings.ts';
import { decodeModelFile } from '#trainer/model/model-file.ts';
import { fitPlane } from '#ml/embedding/pca.ts';
import { openPixelCache } from '#trainer/hold/pixel-cache.ts';
import { CELL, makeCells } from '#trainer/round/sort-cells.ts';
import { machine, numberArg, textArg, withDatabase } from './database.ts';
import { execute, text } from '#db/execute.ts';

const QUERIES = 200;
const WANTED = 12;
const SHARD = 256;
/** Cells of a million images. */
const MOST_CELLS = 1000;
/** What the map and the bytes are fitted to: about a round's first shard. */
const FITTED = 1024;

/**
 * `npm run bench -- similar --data DIR`, where DIR is what `npm run loop -- … --data DIR` kept: how many of the twelve
 * images that are truly nearest to one, by the angle between embeddings as the newest round's weights give them, each
 * way of searching finds. With `--views 34` the pool is 34 times as large: each image also shifted, mirrored, lighter
 * or darker; views of the same image do not count as its neighbours.
 */
export async function run(args: string[]): Promise<void> {
  const folder = textArg(args, 'data');
  if (folder === null) throw new Error('Name the folder that a loop kept: npm run bench -- similar --data DIR');
  const views = numberArg(args, 'views', 1);
  await withDatabase({ durable: false, connections: 4, folder }, async ({ db }) => {
    const [kept] = await execute(db, sql`select project_id as "projectId" from run order by created_at desc limit 1`, {
      projectId: text,
    });
    const round = kept ? await findMapRound(db, kept) : null;
    if (!kept || !round) throw new Error(`${folder} holds no finished round.`);
    const { ids, sources, rows, width } = await embedPool(db, {
      folder,
      projectId: kept.projectId,
      roundId: round.id,
      views,
    });
    const count = sources.length;
    console.log(`${machine()}\n${count} images, embeddings of ${width} numbers, ${QUERIES} asked for ${WANTED}`);
    const unit = normalise(rows, width);
    const queries = Array.from({ length: QUERIES }, (_, q) => Math.floor(((q + 0.5) * count) / QUERIES));
    const exact = queries.map((query) => new Set(nearest(query, sources, (i) => distance(unit, width, query, i))));
    const tell = (name: string, found: number[][]): void =>
      console.log(
        `${name.padEnd(46)} ` +
          (
            found.reduce((sum, list, q) => sum + list.filter((i) => exact[q]?.has(i)).length, 0) /
            (QUERIES * WANTED)
          ).toFixed(3),
      );

    const { x, y } = fitPlane(rows.subarray(0, FITTED * width), width).project(rows);
    const onMap =
      (query: number) =>
      (i: number): number =>
        ((x[i] ?? 0) - (x[query] ?? 0)) ** 2 + ((y[i] ?? 0) - (y[query] ?? 0)) ** 2;
    tell(
      'nearest on the map',
      queries.map((query) => nearest(query, sources, onMap(query))),
    );
    for (const share of [0.002, 0.01, 0.1]) {
      tell(
        `nearest ${share * 100}% on the map, then by embedding`,
        queries.map((query) => {
          const some = new Set(nearest(query, sources, onMap(query), Math.round(count * share)));
          return nearest(query, sources, (i) => (some.has(i) ? distance(unit, width, query, i) : Infinity));
        }),
      );
    }
    const bytes = fitCompress(rows.subarray(0, FITTED * width), width)(rows);
    const own = (query: number): Int8Array => bytes.subarray(query * EMBEDDING_BYTES, (query + 1) * EMBEDDING_BYTES);
    tell(
      `${EMBEDDING_BYTES} bytes an image, all of them`,
      queries.map((query) =>
        rankNearest(own(query), bytes)
          .filter((i) => sources[i] !== sources[query])
          .slice(0, WANTED),
      ),
    );
    // As the trainer makes them, and as many as a million images have: fewer of all are then read.
    const packed = {
      imageIds: packIds(Array.from({ length: count }, (_, i) => i.toString(16).padStart(32, '0'))),
      embeddings: unsigned(bytes),
    };
    for (const perCell of new Set([CELL, Math.min(CELL, count / MOST_CELLS)])) {
      const cells = makeCells(packed, perCell);
      const centres = Int8Array.from(cells.flatMap((cell) => [...cell.centre]));
      let read = 0;
      tell(
        `the nearest ${PROBES} of ${cells.length} cells`,
        queries.map((query) => {
          const near = rankNearest(own(query), centres)
            .slice(0, PROBES)
            .flatMap((c) => cells[c] ?? []);
          const all = near.flatMap((cell) =>
            unpackIds(cell.imageIds).map((id) => Number.parseInt(id.replaceAll('-', ''), 16)),
          );
          read += all.length / QUERIES;
          return rankNearest(own(query), signed(Buffer.concat(near.map((cell) => cell.embeddings))))
            .map((at) => all[at] ?? 0)
            .filter((i) => sources[i] !== sources[query])
            .slice(0, WANTED);
        }),
      );
      console.log(`  ${Math.round(read)} images read, ${((100 * read) / count).toFixed(1)}%`);
    }
    if (views > 1) return;
    const at = new Map(ids.map((id, i) => [id, i]));
    tell(
      'what a person is shown',
      await Promise.all(
        queries.map(async (query) =>
          (
            await listSimilar(db, {
              projectId: kept.projectId,
              source: { roundId: round.id },
              imageId: ids[query] ?? '',
              openOnly: false,
              limit: WANTED,
              blind: null,
            })
          ).map(({ imageId }) => at.get(imageId) ?? -1),
        ),
      ),
    );
  });
}

async function embedPool(
  db: Database['db'],
  from: { folder: string; projectId: string; roundId: string; views: number },
) {
  const { folder, projectId, views } = from;
  const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  const { graph, weights } = decodeModelFile(await loadFinal({ db, blobs }, from.roundId));
  const predictor = await openPredictor(await openEngine('auto'), graph, weights);
  const pixels = openPixelCache({ blobs, folder: join(folder, 'cache'), projectId });
  const images = await listTrainingImages(db, { projectId, split: 'pool' });
  const random = createRandom(1);
  const parts: Float32Array[] = [];
  const sources: number[] = [];
  for (let start = 0; start < images.length; start += SHARD) {
    const some = images.slice(start, start + SHARD);
    const loaded = await pixels.load(some, { size: graph.input.size, channels: graph.input.channels === 1 ? 1 : 3 });
    for (let view = 0; view < views; view += 1) {
      parts.push((await predictor.predict(view === 0 ? loaded : lookAnew(loaded, random))).embeddings);
      sources.push(...some.map((_, i) => start + i));
    }
  }
  await predictor.close();
  const width = (parts[0]?.length ?? 0) / Math.min(SHARD, images.length);
  const rows = new Float32Array(sources.length * width);
  parts.reduce((at, part) => (rows.set(part, at), at + part.length), 0);
  return { ids: images.map(({ id }) => id), sources, rows, width };
}

type Pixels = Awaited<ReturnType<ReturnType<typeof openPixelCache>['load']>>;

/** Each image shifted by up to an eighth, mirrored or not, lighter or darker. */
function lookAnew(set: Pixels, random: ReturnType<typeof createRandom>): Pixels {
  const { width: side, channels, count } = set;
  const data = new Uint8Array(new SharedArrayBuffer(set.data.length));
  const most = side >> 3;
  const within = (at: number): number => Math.min(side - 1, Math.max(0, at));
  for (let n = 0; n < count; n += 1) {
    const [dx, dy, flip, gain] = [
      random.below(2 * most + 1) - most,
      random.below(2 * most + 1) - most,
      random.next() < 0.5,
      0.75 + 0.5 * random.next(),
    ];
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        const column = within(x + dx);
        const source = ((n * side + within(y + dy)) * side + (flip ? side - 1 - column : column)) * channels;
        for (let c = 0; c < channels; c += 1)
          data[((n * side + y) * side + x) * channels + c] = Math.min(255, (set.data[source + c] ?? 0) * gain);
      }
    }
  }
  return { ...set, data };
}

function normalise(rows: Float32Array, width: number): Float32Array {
  const result = Float32Array.from(rows);
  for (let start = 0; start < rows.length; start += width) {
    const length = Math.sqrt(rows.subarray(start, start + width).reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let d = start; d < start + width; d += 1) result[d] = (result[d] as number) / length;
  }
  return result;
}

function distance(rows: Float32Array, width: number, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < width; d += 1) sum += ((rows[a * width + d] as number) - (rows[b * width + d] as number)) ** 2;
  return sum;
}

/** The nearest rows that are no views of the same image. */
function nearest(query: number, sources: readonly number[], far: (i: number) => number, wanted = WANTED): number[] {
  const keys = Float64Array.from(sources, (source, i) => (source === sources[query] ? Infinity : far(i)));
  const limit = keys.toSorted()[wanted - 1] ?? Infinity;
  const found: number[] = [];
  for (let i = 0; i < keys.length; i += 1) if ((keys[i] as number) <= limit && keys[i] !== Infinity) found.push(i);
  return found.slice(0, wanted);
}
