import { describe, expect, it } from 'vitest';
import { EMBEDDING_BYTES, rankNearest } from '#core/round/embedding.ts';
import { createRandom } from '#core/math/random.ts';
import { idAt, packIds, signed, unpackIds, unsigned } from '#db/packed-embeddings.ts';
import { fitCompress } from './compress-embeddings.ts';
import { makeCells } from '#trainer/round/sort-cells.ts';

const PROBES = 24;
const WANTED = 12;
const random = createRandom(11);
/**
 * Clouds of images that overlap, in fewer directions than the embedding has, each of a length of its own: as nets lay
 * them.
 */
function drawEmbeddings(count: number, width: number, clouds: number): Float32Array {
  const hidden = 12;
  const turn = Array.from({ length: hidden }, () => Array.from({ length: width }, () => random.normal()));
  const centres = Array.from({ length: clouds }, () => Array.from({ length: hidden }, () => 1.5 * random.normal()));
  const rows = new Float32Array(count * width);
  for (let i = 0; i < count; i += 1) {
    const place = (centres[random.below(clouds)] ?? []).map((value) => value + random.normal());
    const length = 0.5 + random.next();
    for (let d = 0; d < width; d += 1)
      rows[i * width + d] =
        length * (place.reduce((sum, value, h) => sum + value * (turn[h]?.[d] ?? 0), 0) + 0.2 * random.normal());
  }
  return rows;
}
/** The nearest by the angle, as the net has it. */
function nearestByAngle(rows: Float32Array, width: number, query: number): number[] {
  const row = (i: number) => rows.subarray(i * width, (i + 1) * width);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);
  const cosines = Array.from(
    { length: rows.length / width },
    (_, i) => dot(row(i), row(query)) / Math.sqrt(dot(row(i), row(i)) * dot(row(query), row(query))),
  );
  return cosines
    .map((_, i) => i)
    .filter((i) => i !== query)
    .sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0));
}

describe('LEARN-24 compact embeddings', () => {
  it.each([
    ['narrower than them', 40],
    ['as wide', 64],
    ['wider', 160],
  ])('keep who is near whom when the net’s are %s', (_name, width) => {
    const rows = drawEmbeddings(1500, width, 10);
    const bytes = fitCompress(rows.subarray(0, 500 * width), width)(rows);
    let hits = 0;
    for (let query = 0; query < 30; query += 1) {
      const exact = new Set(nearestByAngle(rows, width, query * 40).slice(0, WANTED));
      hits += rankNearest(bytes.subarray(query * 40 * EMBEDDING_BYTES, (query * 40 + 1) * EMBEDDING_BYTES), bytes)
        .filter((i) => i !== query * 40)
        .slice(0, WANTED)
        .filter((i) => exact.has(i)).length;
    }
    expect(hits / (30 * WANTED)).toBeGreaterThan(0.85);
  });

  it('say nothing where the net says nothing', () => {
    expect([...fitCompress(new Float32Array(12), 3)(new Float32Array(6))].every((value) => value === 0)).toBe(true);
    expect(fitCompress(new Float32Array(0), 0)(new Float32Array(0))).toHaveLength(0);
  });
});

describe('LEARN-24 cells', () => {
  it('hold every image once, in the cell whose centre is nearest, and the nearest few hold the nearest images', () => {
    const count = 12_000;
    const rows = drawEmbeddings(count, 64, 40);
    const bytes = fitCompress(rows.subarray(0, 1000 * 64), 64)(rows);
    const ids = Array.from({ length: count }, (_, i) => `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`);
    const cells = makeCells({ imageIds: packIds(ids), embeddings: unsigned(bytes) }, 60);
    expect(cells.length).toBeGreaterThan(150);
    expect(cells.flatMap((cell) => unpackIds(cell.imageIds)).sort()).toEqual(ids);
    const centres = Int8Array.from(cells.flatMap((cell) => [...cell.centre]));
    let hits = 0;
    for (let query = 0; query < count; query += 400) {
      const own = bytes.subarray(query * EMBEDDING_BYTES, (query + 1) * EMBEDDING_BYTES);
      const order = rankNearest(own, centres);
      expect(
        order.slice(0, 2).some((c) => unpackIds(cells[c]?.imageIds ?? new Uint8Array()).includes(ids[query] ?? '')),
      ).toBe(true);
      const exact = new Set(
        rankNearest(own, bytes)
          .slice(0, WANTED)
          .map((i) => ids[i]),
      );
      const read = order.slice(0, PROBES).flatMap((c) => cells[c] ?? []);
      const found = read.flatMap((cell) =>
        rankNearest(own, signed(cell.embeddings))
          .slice(0, WANTED)
          .map((at) => idAt(cell.imageIds, at)),
      );
      hits += found.filter((id) => exact.has(id)).length;
    }
    expect(hits / ((count / 400) * WANTED)).toBeGreaterThan(0.9);
  });

  it('are none without images', () => {
    expect(makeCells({ imageIds: new Uint8Array(0), embeddings: new Uint8Array(0) })).toEqual([]);
  });
});
