import { SIMD, type KernelSource } from './assembler.ts';
import { evenTiles, unrollOf } from './wasm-conv.ts';

/** Matrix products at the positions of Winograd's algorithm, in register tiles of up to 6 × 8 as in wasm-conv.ts. */
export interface ProductShape {
  positions: number;
  /** Tiles of this block. */
  tiles: number;
  inChannels: number;
  /** Multiple of 4. */
  outChannels: number;
  /** Floats between positions of [tile][inChannels], of [tile][outChannels] and of [inChannels][outChannels]. */
  inPlane: number;
  outPlane: number;
  filterPlane: number;
}

/** run(v, u, m): m[p][tile][o] = Σ over i of v[p][tile][i]·u[p][i][o]. */
export const productKernel = (shape: ProductShape): KernelSource => ({
  name: `winogradProduct:${JSON.stringify(shape)}`,
  parameters: 3,
  build: (c) => {
    const { positions, tiles, inChannels, outChannels, inPlane, outPlane, filterPlane } = shape;
    const [v, u, m] = [0, 1, 2];
    const [uBlock, mBlock, vTile, mTile, vTap, uTap] = [c.i32(), c.i32(), c.i32(), c.i32(), c.i32(), c.i32()];
    const accumulators = c.v128s(12);
    const weights = c.v128s(2);
    const value = c.v128();
    const unroll = unrollOf(inChannels);

    const tile = (size: number, vectors: number): void => {
      const at = (t: number, n: number): number => accumulators[t * vectors + n] as number;
      for (let a = 0; a < size * vectors; a += 1) c.zero().set(accumulators[a] as number);
      c.copy(vTile, vTap).copy(uBlock, uTap);
      c.times(inChannels / unroll, () => {
        for (let i = 0; i < unroll; i += 1) {
          for (let n = 0; n < vectors; n += 1) c.load(uTap, i * outChannels * 4 + n * 16).set(weights[n] as number);
          for (let t = 0; t < size; t += 1) {
            c.loadSplat(vTap, (t * inChannels + i) * 4).set(value);
            for (let n = 0; n < vectors; n += 1) c.multiplyAdd(at(t, n), value, weights[n] as number);
          }
        }
        c.advance(vTap, unroll * 4).advance(uTap, unroll * outChannels * 4);
      });
      for (let t = 0; t < size; t += 1) {
        for (let n = 0; n < vectors; n += 1) c.store(mTile, t * outChannels * 4 + n * 16, () => void c.get(at(t, n)));
      }
      c.advance(vTile, size * inChannels * 4).advance(mTile, size * outChannels * 4);
    };

    const block = (vectors: number): void => {
      c.copy(v, vTile).copy(mBlock, mTile);
      for (const [size, count] of evenTiles(tiles, 6)) c.times(count, () => tile(size, vectors));
      c.advance(uBlock, vectors * 16).advance(mBlock, vectors * 16);
    };

    c.times(positions, () => {
      c.copy(u, uBlock).copy(m, mBlock);
      c.times(outChannels >> 3, () => block(2));
      if (outChannels % 8 !== 0) block(1);
      c.advance(v, inPlane * 4)
        .advance(u, filterPlane * 4)
        .advance(m, outPlane * 4);
    });
  },
});

/** run(v, d, sums): sums[p][i][o] += Σ over tiles of v[p][tile][i]·d[p][tile][o]. */
export const productSumsKernel = (shape: ProductShape): KernelSource => ({
  name: `winogradSums:${JSON.stringify(shape)}`,
  parameters: 3,
  build: (c) => {
    const { positions, tiles, inChannels, outChannels, inPlane, outPlane, filterPlane } = shape;
    const [v, d, sums] = [0, 1, 2];
    const [vChannel, dBlock, sumsBlock, vTap, dTap] = [c.i32(), c.i32(), c.i32(), c.i32(), c.i32()];
    const accumulators = c.v128s(12);
    const gradients = c.v128s(2);
    const value = c.v128();
    const unroll = unrollOf(tiles);

    const tile = (channels: number, vectors: number): void => {
      const at = (i: number, n: number): number => accumulators[i * vectors + n] as number;
      for (let a = 0; a < channels * vectors; a += 1) c.zero().set(accumulators[a] as number);
      c.copy(vChannel, vTap).copy(dBlock, dTap);
      c.times(tiles / unroll, () => {
        for (let t = 0; t < unroll; t += 1) {
          for (let n = 0; n < vectors; n += 1) c.load(dTap, t * outChannels * 4 + n * 16).set(gradients[n] as number);
          for (let i = 0; i < channels; i += 1) {
            c.loadSplat(vTap, (t * inChannels + i) * 4).set(value);
            for (let n = 0; n < vectors; n += 1) c.multiplyAdd(at(i, n), value, gradients[n] as number);
          }
        }
        c.advance(vTap, unroll * inChannels * 4).advance(dTap, unroll * outChannels * 4);
      });
      for (let i = 0; i < channels; i += 1) {
        for (let n = 0; n < vectors; n += 1) {
          const offset = i * outChannels * 4 + n * 16;
          c.store(sumsBlock, offset, () => void c.load(sumsBlock, offset).get(at(i, n)).simd(SIMD.add));
        }
      }
      c.advance(dBlock, vectors * 16).advance(sumsBlock, vectors * 16);
    };

    c.times(positions, () => {
      c.copy(v, vChannel).copy(sums, sumsBlock);
      for (const [channels, count] of evenTiles(inChannels, 6)) {
        c.times(count, () => {
          c.copy(d, dBlock);
          c.times(outChannels >> 3, () => tile(channels, 2));
          if (outChannels % 8 !== 0) tile(channels, 1);
          c.advance(vChannel, channels * 4).advance(sumsBlock, (channels - 1) * outChannels * 4);
        });
      }
      c.advance(v, inPlane * 4)
        .advance(d, outPlane * 4)
        .advance(sums, filterPlane * 4);
    });
  },
});
